#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/router.h"
#include "http/server_options.h"

namespace jnlp::http {

/// What a server does now, for metrics.
struct ServerStats {
  size_t connections = 0;  ///< open ones, with WebSockets
  size_t web_sockets = 0;
  size_t busy_threads = 0;     ///< request threads that run a handler
  size_t queued_requests = 0;  ///< that wait for a thread
  size_t elsewhere = 0;        ///< whose work is done without a thread of the server (Later)
  size_t body_bytes = 0;       ///< held by requests
};

/// An HTTP/1.1 and WebSocket server. I/O threads read and write; handlers run on request threads,
/// but for quick ones and the beginning of staged ones, which I/O threads run, so that probes,
/// results from a cache and refusals are answered whatever the load is.
class Server {
 public:
  Server(ServerOptions options, Router router);
  /// Stops at once where nobody did, but waits for handlers that run.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens and serves from now on. Raises the limit of open files to what the system allows.
  /// @throws Error io when the address cannot be had, invalid_input or not_found for TLS files.
  void start();
  /// The port that is listened on; 0 before start().
  int port() const;
  /// The port of probes; 0 without one.
  int probe_port() const;
  /// "http://127.0.0.1:8080".
  std::string url() const;

  /// Stops listening, closes idle connections (WebSockets with code 1001) and waits for requests
  /// that run or are being read; then stop(). The probe port answers till then. False when the
  /// time was over and connections were cut.
  bool drain(std::chrono::milliseconds timeout);
  /// Whether drain() was called, for readiness probes.
  bool is_draining() const;
  /// Cuts all connections; waits for handlers that run, whose requests are cancelled().
  void stop();

  /// Reads certificate and key again, for connections to come; the old ones are kept when that
  /// fails. False without TLS. From any thread.
  /// @throws Error as start() does.
  bool reload_tls();

  ServerStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jnlp::http
