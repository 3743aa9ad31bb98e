#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "http/server_options.h"
#include "models/engine_options.h"
#include "serve/served_model.h"
#include "server/access_log.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

/// What `jetson-nlp server` is asked for.
struct ServerFlags {
  std::string host = "127.0.0.1";
  int port = 8000;
  std::map<std::string, std::string> models;  ///< by task; "none" for no model
  EngineOptions engine;
  int threads = 0;
  int64_t max_batch_size = QueueOptions().limits.max_sequences;
  int64_t max_batch_tokens = QueueOptions().limits.max_tokens;
  double max_wait_ms = 0;
  int64_t max_queue_ms = AdmissionOptions().max_queue_ms;
  int64_t cache_mb = 64;
  std::string redis_url;
  std::filesystem::path config;
  std::filesystem::path api_key_file;
  std::filesystem::path admin_key_file;
  double rate_limit = 0;
  int64_t memory_budget_mb = 0;
  bool insecure = false;
  std::filesystem::path tls_cert;
  std::filesystem::path tls_key;
  std::vector<std::string> cors;
  LogFormat log_format = LogFormat::text;
  bool enable_monitoring = false;
  int probe_port = 0;  ///< 0: none
  std::string probe_host;
  int drain_timeout_s = 30;
  int idle_timeout_s = 75;
  std::filesystem::path sysfs = "/sys";
  int chat_slots = 4;

  ServeOptions serve_options() const;
  bool is_loopback() const;
};

/// Adds all of them, each with an environment variable JETSON_NLP_SERVER_NAME. `flags` must outlive
/// the command.
void add_server_flags(CLI::App& command, ServerFlags* flags);

}  // namespace jnlp
