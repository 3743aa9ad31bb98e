#include "http/server.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "cli/commands.h"
#include "cli/server_config.h"
#include "cli/server_end.h"
#include "cli/server_models.h"
#include "cli/server_options.h"
#include "device/find_sensors.h"
#include "device/sensor_watch.h"
#include "serve/cached_results.h"
#include "serve/redis_cache.h"
#include "serve/redis_url.h"
#include "server/access_log.h"
#include "server/api_documents.h"
#include "server/api_keys.h"
#include "server/chat_answers.h"
#include "server/error_styles.h"
#include "server/key_ring.h"
#include "server/log_writer.h"
#include "server/memory_budget.h"
#include "server/metrics.h"
#include "server/model_loading.h"
#include "server/page_routes.h"
#include "server/request_gate.h"
#include "server/server_models.h"
#include "server/server_routes.h"
#include "server/web_socket_key.h"

namespace jnlp {
namespace {

// A pipe that nobody reads must not stop the server: see LogWriter.
class Log {
 public:
  void say(const std::string& line) { writer_.write(line + "\n"); }
  LogWriter& writer() { return writer_; }

 private:
  LogWriter writer_{STDERR_FILENO};
};

// The signals that the main thread waits for; all threads made later inherit the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// From now on a signal ends the process at once, whatever it is doing.
void let_signals_kill() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

// Whoever serves other machines needs keys; without a file one is made.
std::unique_ptr<KeyRing> keys_for(const ServerFlags& flags, Log& log) {
  if (!flags.api_key_file.empty()) return std::make_unique<KeyRing>(flags.api_key_file);
  if (flags.insecure || flags.is_loopback()) return std::make_unique<KeyRing>(ApiKeys());
  const std::string key = ApiKeys::random_key();
  log.say(
      fmt::format("jetson-nlp: {} is open to other machines, so clients need this key: {}\n"
                  "            send it as 'Authorization: Bearer KEY'; --api-key-file FILE takes "
                  "your own keys, --insecure none",
                  flags.host, key));
  return std::make_unique<KeyRing>(ApiKeys({key}));
}

// WebSockets are not in openapi.json.
std::vector<std::string> measured_paths() {
  std::vector<std::string> paths = documented_paths();
  paths.emplace_back("/chat");
  return paths;
}

// What probes and those who read how to use the server ask for.
bool needs_no_key(const http::Request& request) {
  constexpr std::array<std::string_view, 7> kFree = {
      "/health", "/livez",          "/readyz",          "/openapi.json",
      "/docs",   "/v2/health/live", "/v2/health/ready",
  };
  return request.method == "OPTIONS" || is_page_route(request.route) ||
         std::find(kFree.begin(), kFree.end(), request.path) != kFree.end();
}

TeiLimits tei_limits(const ServerFlags& flags, const http::ServerOptions& http) {
  return {.max_concurrent_requests =
              static_cast<size_t>(http.request_threads) + http.max_queued_requests,
          .max_batch_tokens = flags.max_batch_tokens,
          .max_batch_requests = flags.max_batch_size,
          .request_threads = http.request_threads};
}

http::ServerOptions http_options(const ServerFlags& flags, RequestGate& gate, Metrics& metrics,
                                 Log& log) {
  http::ServerOptions options;
  options.host = flags.host;
  options.port = flags.port;
  options.idle_timeout = std::chrono::seconds(flags.idle_timeout_s);
  if (flags.probe_port != 0) options.probe_port = flags.probe_port;
  options.probe_host = flags.probe_host;
  options.probe_routes = {"/livez", "/readyz", "/health", "/metrics"};
  options.tls_cert = flags.tls_cert;
  options.tls_key = flags.tls_key;
  options.cors_origins = flags.cors;
  options.render_error = render_error;
  options.web_socket_protocol = kWebSocketProtocol;
  options.on_head = [&gate](const http::Request& request) { return gate.check(request); };
  options.on_access = [&metrics, &log,
                       format = flags.log_format](const http::AccessRecord& record) {
    metrics.on_access(record);
    log.writer().write(access_line(record, format));
  };
  return options;
}

// Those that only /admin asks for, or null.
std::unique_ptr<KeyRing> admin_keys_for(const ServerFlags& flags) {
  if (flags.admin_key_file.empty()) return nullptr;
  return std::make_unique<KeyRing>(flags.admin_key_file);
}

struct Keys {
  std::unique_ptr<KeyRing> all;
  std::unique_ptr<KeyRing> admin;  // may be null
};

// SIGHUP: what cannot be read leaves what there was.
void reload(const Keys& keys, http::Server& server, Log& log) {
  const auto attempt = [&log](const char* what, const auto& read) {
    try {
      if (read()) log.say(fmt::format("jetson-nlp: read {} anew", what));
    } catch (const std::exception& error) {
      log.say(fmt::format("jetson-nlp: keeps the old {}: {}", what, error.what()));
    }
  };
  attempt("API keys", [&] { return keys.all->reload(); });
  attempt("keys for /admin", [&] { return keys.admin != nullptr && keys.admin->reload(); });
  attempt("TLS certificate", [&] { return server.reload_tls(); });
}

void say_models(const ModelLoading& loading, Log& log) {
  for (const ModelLoading::Status& status : loading.statuses()) {
    if (status.model == kNoModel) continue;
    log.say(status_line(status));
  }
}

// Until a signal asks for the end, or a model that was asked for cannot be loaded.
void wait_for_the_end(const sigset_t& signals, const ModelLoading& loading, const Keys& keys,
                      http::Server& server, Log& log) {
  constexpr timespec kTick = {0, 100'000'000};
  bool said_ready = false;
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &kTick);
    if (signal == SIGINT || signal == SIGTERM) return;
    if (signal == SIGHUP) reload(keys, server, log);
    if (const std::exception_ptr failure = loading.failure()) std::rethrow_exception(failure);
    if (!said_ready && loading.done()) {
      said_ready = true;
      say_models(loading, log);
      log.say("jetson-nlp: ready");
    }
  }
}

void run(const ServerFlags& flags) {
  keep_memory_together();
  const sigset_t signals = block_signals();
  Log log;
  LastResort last_resort(log.writer());
  const Keys keys{keys_for(flags, log), admin_keys_for(flags)};
  RequestGate gate(*keys.all, flags.rate_limit, needs_no_key, render_error, keys.admin.get());
  std::unique_ptr<RedisCache> redis;
  if (!flags.redis_url.empty())
    redis = std::make_unique<RedisCache>(parse_redis_url(flags.redis_url));
  CachedResults cache(flags.cache_mb * 1'000'000, std::move(redis));
  Metrics metrics(measured_paths(), {"sentiment", "ner", "qa", "embedding", "summarization"});
  const MemoryBudget budget(flags.memory_budget_mb * 1'000'000);
  ServerModels models;
  ModelLoading loading(plan_server_models(flags, cache, metrics, budget, models));
  ChatAnswers answers(metrics.chats());
  const SensorWatch device(find_sensors(flags.sysfs));
  http::Router router;
  std::unique_ptr<http::Server> server;
  http::ServerOptions options = http_options(flags, gate, metrics, log);
  add_server_routes({models, loading, metrics, cache, answers, gate, budget,
                     [&log](const std::string& line) { log.say(line); },
                     [&server] { return server != nullptr && server->is_draining(); },
                     [&server] { return server->stats(); }, tei_limits(flags, options),
                     [&device] { return device.latest(); }},
                    &router);
  if (flags.enable_monitoring) add_page_routes(&router);
  server = std::make_unique<http::Server>(std::move(options), std::move(router));
  server->start();  // before models are loaded: a port that is taken shows at once
  loading.start();
  log.say(fmt::format("jetson-nlp: listening on {}, loading models", server->url()));
  if (flags.probe_port != 0) {
    log.say(fmt::format("jetson-nlp: probes on port {}", server->probe_port()));
  }
  if (flags.enable_monitoring) log.say(fmt::format("jetson-nlp: web page at {}/", server->url()));
  wait_for_the_end(signals, loading, keys, *server, log);
  log.say("jetson-nlp: ending; requests that run are finished");
  let_signals_kill();
  const std::chrono::seconds time(flags.drain_timeout_s);
  last_resort.start(time + std::chrono::milliseconds(500));
  server->drain(time);
}

}  // namespace

void add_server_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("server", "Serve all tasks over HTTP")->alias("serve");
  auto flags = std::make_shared<ServerFlags>();
  add_server_flags(*command, flags.get());
  command->footer(
      "Every option has a twin in the environment: --max-batch-size is "
      "JETSON_NLP_SERVER_MAX_BATCH_SIZE.\n\n"
      "Examples:\n"
      "  jetson-nlp server\n"
      "  curl localhost:8000/health\n"
      "  curl localhost:8000/sentiment -d '{\"texts\": [\"I love this product!\"]}'\n"
      "  jetson-nlp server --host 0.0.0.0 --port 8000 --api-key-file keys.txt --dtype int8\n"
      "  jetson-nlp server --sentiment-model org/name --chat-model none");
  command->callback([flags, command] {
    if (!flags->config.empty()) apply_server_config(*command, flags->config, flags.get());
    run(*flags);
  });
}

}  // namespace jnlp
