#include "http/server.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "http/connection.h"
#include "http/context.h"
#include "http/io_thread.h"
#include "http/listener.h"
#include "http/tls_context.h"

namespace jnlp::http {
namespace {

constexpr std::chrono::milliseconds kDrainStep{5};
constexpr size_t kMaxProbes = 256;  // connections to the probe port

// Each connection is a file descriptor, and the usual limit is 1,024.
void raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

size_t open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator files("/proc/self/fd", failed);
  constexpr size_t kGuess = 64;
  if (failed) return kGuess;
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

// No more connections than there are file descriptors for: who comes then is told so, where one
// whom the system keeps in its queue would wait without an answer. Some are left for files.
size_t connections_for(size_t wanted) {
  constexpr size_t kReserve = 16;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  const size_t taken = open_files() + kReserve;
  const auto most = static_cast<size_t>(limit.rlim_cur);
  return std::min(wanted, most > taken ? most - taken : 1);
}

void check_options(const ServerOptions& options) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    throw Error(ErrorCode::invalid_input, "TLS needs both a certificate and its key");
  }
  if (options.io_threads < 1 || options.request_threads < 1 || options.web_socket_threads < 1) {
    throw Error(ErrorCode::invalid_input, "a server needs at least one thread of each kind");
  }
}

// Says in one packet why, without a thought for one who does not read it.
void turn_away(Socket socket, bool is_tls) {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
      "connection: close\r\n\r\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  if (!is_tls) socket.write_some(asio::buffer(kAnswer), ignored);
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, Router router)
      : context(std::make_shared<Context>(std::move(options), std::move(router))) {}

  bool is_tls() const { return !context->options.tls_cert.empty(); }

  TlsContext current_tls() {
    const std::lock_guard lock(tls_mutex);
    return tls;
  }

  void reload_tls() {
    TlsContext fresh = load_tls(context->options.tls_cert, context->options.tls_key);
    const std::lock_guard lock(tls_mutex);
    tls = std::move(fresh);
  }

  void listen() {
    const ServerOptions& options = context->options;
    probes.reset();  // of a start() that failed
    listener.reset();
    probe_thread.reset();
    threads.clear();
    std::vector<IoThread*> all;
    for (int i = 0; i < options.io_threads; ++i) {
      threads.push_back(std::make_unique<IoThread>());
      all.push_back(threads.back().get());
    }
    listener = std::make_unique<Listener>(
        options.host, options.port, all,
        [this](Socket socket, IoThread* thread) { admit(std::move(socket), thread); });
    if (!options.probe_port) return;
    probe_thread = std::make_unique<IoThread>();
    const auto on_probe = [this](Socket socket, IoThread* thread) {
      if (thread->clients() >= kMaxProbes) return turn_away(std::move(socket), false);
      serve(AnyStream(std::move(socket), nullptr), thread, true);
    };
    probes = std::make_unique<Listener>(
        options.probe_host.empty() ? options.host : options.probe_host, *options.probe_port,
        std::vector<IoThread*>{probe_thread.get()}, on_probe);
  }

  void admit(Socket socket, IoThread* thread) {
    if (++context->connections > max_connections) {
      --context->connections;
      return turn_away(std::move(socket), is_tls());
    }
    serve(AnyStream(std::move(socket), current_tls()), thread, false);
  }

  void serve(AnyStream stream, IoThread* thread, bool quick_only) {
    std::make_shared<Connection>(std::move(stream), thread, context, quick_only)->start();
  }

  const std::shared_ptr<Context> context;
  std::mutex tls_mutex;
  TlsContext tls;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::unique_ptr<IoThread> probe_thread;
  std::unique_ptr<Listener> listener;  // before the threads that it uses
  std::unique_ptr<Listener> probes;
  size_t max_connections = 0;
  bool is_running = false;
};

Server::Server(ServerOptions options, Router router)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router))) {}

Server::~Server() {
  stop();
}

void Server::start() {
  Impl& impl = *impl_;
  check_options(impl.context->options);
  if (impl.is_tls()) impl.reload_tls();
  raise_open_files();
  impl.listen();
  impl.max_connections = connections_for(impl.context->options.max_connections);
  impl.listener->start();
  if (impl.probes != nullptr) impl.probes->start();
  impl.is_running = true;
  for (const auto& thread : impl.threads) thread->start();
  if (impl.probe_thread != nullptr) impl.probe_thread->start();
}

int Server::port() const {
  return impl_->listener != nullptr ? impl_->listener->port() : 0;
}

int Server::probe_port() const {
  return impl_->probes != nullptr ? impl_->probes->port() : 0;
}

std::string Server::url() const {
  const std::string& host = impl_->context->options.host;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}:{}", impl_->is_tls() ? "https" : "http",
                     is_ipv6 ? "[" + host + "]" : host, port());
}

bool Server::drain(std::chrono::milliseconds timeout) {
  Impl& impl = *impl_;
  if (!impl.is_running) return true;
  impl.context->is_draining = true;
  impl.listener->close();
  const Clock::time_point end = Clock::now() + timeout;
  bool is_done = false;
  while (true) {
    // Again and again: a connection may have been accepted or have become idle meanwhile.
    for (const auto& thread : impl.threads) thread->drain();
    is_done = impl.listener->is_closed() && impl.context->connections == 0;
    if (is_done || Clock::now() >= end) break;
    std::this_thread::sleep_for(kDrainStep);
  }
  stop();
  return is_done;
}

bool Server::is_draining() const {
  return impl_->context->is_draining;
}

void Server::stop() {
  Impl& impl = *impl_;
  if (!impl.is_running) return;
  impl.is_running = false;
  impl.listener->close();
  impl.context->is_stopping = true;
  // What is done elsewhere ends on the I/O threads, and request threads may wait for it: they go
  // last.
  for (const auto& thread : impl.threads) thread->cut();
  while (impl.context->elsewhere != 0) std::this_thread::sleep_for(kDrainStep);
  for (const auto& thread : impl.threads) thread->stop();
  impl.context->requests.stop();
  impl.context->web_sockets.stop();
  // Probes last: they say what goes on as long as a handler runs.
  if (impl.probes != nullptr) impl.probes->close();
  if (impl.probe_thread != nullptr) impl.probe_thread->stop();
}

bool Server::reload_tls() {
  if (!impl_->is_tls()) return false;
  impl_->reload_tls();
  return true;
}

ServerStats Server::stats() const {
  const Context& context = *impl_->context;
  return {context.connections,       context.open_web_sockets, context.requests.busy(),
          context.requests.queued(), context.elsewhere,        context.body_bytes};
}

}  // namespace jnlp::http
