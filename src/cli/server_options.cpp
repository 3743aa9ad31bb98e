#include "cli/server_options.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "cli/engine_flags.h"
#include "cli/task_command.h"

namespace jnlp {
namespace {

constexpr std::array kServedTasks = {"sentiment",     "ner",  "qa",
                                     "summarization", "chat", "embedding"};

// "nan" is in every range, since no comparison with it is true.
CLI::Validator is_number() {
  return {[](std::string& text) {
            const bool is_nan = std::isnan(std::strtod(text.c_str(), nullptr));
            return is_nan ? fmt::format("'{}' is not a number", text) : std::string();
          },
          ""};
}

// "--max-batch-size" has the twin JETSON_NLP_SERVER_MAX_BATCH_SIZE.
void add_environment_twins(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_lnames().empty() || option->get_lnames().front() == "help") continue;
    std::string name = "JETSON_NLP_SERVER_" + option->get_lnames().front();
    for (char& c : name) {
      c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    option->envname(name);
  }
}

void add_model_flags(CLI::App& command, ServerFlags* flags) {
  for (const char* task : kServedTasks) {
    command
        .add_option_function<std::string>(
            fmt::format("--{}-model", task),
            [flags, task](const std::string& name) { flags->models[task] = name; },
            fmt::format("Model for {}: name, hub id or directory; none leaves the task out", task))
        ->type_name("MODEL");
  }
  command
      .add_option_function<std::vector<std::string>>(
          "--model",
          [flags](const std::vector<std::string>& values) {
            for (const std::string& value : values) {
              const size_t equals = value.find('=');
              const std::string task = value.substr(0, equals);
              const bool known =
                  std::find(kServedTasks.begin(), kServedTasks.end(), task) != kServedTasks.end();
              if (equals == std::string::npos || !known) {
                throw CLI::ValidationError(
                    "--model", fmt::format("'{}' is not TASK=MODEL with a task of {}", value,
                                           fmt::join(kServedTasks, ", ")));
              }
              flags->models[task] = value.substr(equals + 1);
            }
          },
          "Model for a task, as TASK=MODEL; may be repeated")
      ->type_name("TASK=MODEL");
}

void add_network_flags(CLI::App& command, ServerFlags* flags) {
  command.add_option("--host", flags->host, "Address to listen on")->capture_default_str();
  command.add_option("--port", flags->port, "Port to listen on; 0: any free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command
      .add_option("--probe-port", flags->probe_port,
                  "A second port, without TLS and on a thread of its own, for /livez, /readyz, "
                  "/health and /metrics; it answers until the process ends; 0: none")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command
      .add_option("--probe-host", flags->probe_host,
                  "Address that the probe port listens on; without it that of --host")
      ->type_name("HOST");
  command
      .add_option("--api-key-file", flags->api_key_file,
                  "File with the keys that clients must show, one per line")
      ->type_name("FILE");
  command
      .add_option("--admin-key-file", flags->admin_key_file,
                  "File with the only keys that may use what is under /admin; they open all else "
                  "too; without it every key may")
      ->type_name("FILE");
  command
      .add_option("--rate-limit", flags->rate_limit,
                  "Requests a second that a client may send, by its key or, without keys, its "
                  "address; more are answered 429; 0: any number")
      ->capture_default_str()
      ->check(is_number())
      ->check(CLI::Range(0.0, 1e6));
  command.add_flag("--insecure", flags->insecure,
                   "Serve other machines without a key; by default one is made and printed then");
  command.add_option("--tls-cert", flags->tls_cert, "Certificate chain (PEM)")->type_name("FILE");
  command.add_option("--tls-key", flags->tls_key, "Its private key (PEM)")->type_name("FILE");
  command.add_option("--cors", flags->cors, "Origins whose pages may call the server, or *")
      ->delimiter(',')
      ->type_name("ORIGINS");
  command
      .add_option_function<std::string>(
          "--log-format",
          [flags](const std::string& name) {
            flags->log_format = name == "json" ? LogFormat::json : LogFormat::text;
          },
          "Lines about requests on standard error: text (default) or json")
      ->check(CLI::IsMember({"text", "json"}));
  command.add_flag("--enable-monitoring", flags->enable_monitoring,
                   "Serve a web page at / to try the tasks and to watch the server");
  command
      .add_option("--idle-timeout", flags->idle_timeout_s,
                  "Seconds that a connection may stay open between two requests")
      ->capture_default_str()
      ->check(CLI::Range(1, 86'400));
  command
      .add_option("--sysfs", flags->sysfs,
                  "Where the device's sensors are looked for; a container may have the host's "
                  "elsewhere")
      ->capture_default_str()
      ->type_name("DIR");
  command
      .add_option("--drain-timeout", flags->drain_timeout_s,
                  "Seconds that running requests have to end after SIGTERM")
      ->capture_default_str()
      ->check(CLI::Range(0, 3600));
}

void add_scheduling_flags(CLI::App& command, ServerFlags* flags) {
  const auto count = CLI::Range(1, kMaxCount);
  command.add_option("--max-batch-size", flags->max_batch_size, "Texts computed together")
      ->capture_default_str()
      ->check(count);
  command.add_option("--max-batch-tokens", flags->max_batch_tokens, "Tokens computed together")
      ->capture_default_str()
      ->check(count);
  command
      .add_option("--max-wait-ms", flags->max_wait_ms,
                  "Milliseconds that a batch which is not full may wait for more")
      ->capture_default_str()
      ->check(is_number())
      ->check(CLI::Range(0.0, 1000.0));
  command
      .add_option("--max-queue-ms", flags->max_queue_ms,
                  "Milliseconds of predicted work that may wait for a model; more is answered 503")
      ->capture_default_str()
      ->check(count);
  command.add_option("--cache-mb", flags->cache_mb, "Megabytes for results; 0: none are kept")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount));
  command
      .add_option("--redis-url", flags->redis_url, "Redis that several servers share results in")
      ->type_name("URL");
  command.add_option("--chat-slots", flags->chat_slots, "Chats that are answered at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
}

}  // namespace

ServeOptions ServerFlags::serve_options() const {
  ServeOptions options;
  options.queue.limits = {.max_sequences = max_batch_size, .max_tokens = max_batch_tokens};
  options.queue.max_wait = std::chrono::microseconds(std::llround(max_wait_ms * 1000));
  options.admission.max_queue_ms = max_queue_ms;
  return options;
}

bool ServerFlags::is_loopback() const {
  in_addr address{};
  constexpr uint32_t kLoopbackNet = 127;
  const bool is_ipv4 = inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "::1" ||
         (is_ipv4 && ntohl(address.s_addr) >> 24 == kLoopbackNet);
}

void add_server_flags(CLI::App& command, ServerFlags* flags) {
  command
      .add_option("--config", flags->config,
                  "INI or TOML file with these options by their long names, for example port = "
                  "8000; command line and environment go before it")
      ->type_name("FILE");
  add_network_flags(command, flags);
  add_model_flags(command, flags);
  add_engine_flags(command, &flags->engine);
  command.add_option("--threads", flags->threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command
      .add_option("--memory-budget", flags->memory_budget_mb,
                  "Megabytes that the process may have when a model has been loaded; one that does "
                  "not fit, by an estimate, is refused; 0: any amount")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount));
  add_scheduling_flags(command, flags);
  add_environment_twins(command);
}

}  // namespace jnlp
