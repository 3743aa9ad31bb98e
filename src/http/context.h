#pragma once

#include <atomic>
#include <cstddef>

#include "http/request_pool.h"
#include "http/router.h"
#include "http/server_options.h"

namespace jnlp::http {

/// What all connections of one server share.
struct Context {
  Context(ServerOptions given, Router routes)
      : options(std::move(given)),
        router(std::move(routes)),
        requests(options.request_threads, options.max_queued_requests),
        web_sockets(options.web_socket_threads, 0) {}

  const ServerOptions options;
  const Router router;
  RequestPool requests;
  RequestPool web_sockets;
  std::atomic<bool> is_draining{false};
  std::atomic<bool> is_stopping{false};  // nothing is begun any more
  std::atomic<size_t> elsewhere{0};      // requests whose work somebody else does (Later)
  std::atomic<size_t> connections{0};
  std::atomic<size_t> open_web_sockets{0};
  std::atomic<size_t> body_bytes{0};  // of requests that are being read or served
};

}  // namespace jnlp::http
