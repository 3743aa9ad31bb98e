#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <string>
#include <utility>

#include "http/asio_types.h"

namespace jnlp::http {

/// A TCP connection, plain or in TLS, as one type. Asio's and Beast's composed operations work on
/// it (AsyncStream) with plain completion handlers.
class AnyStream {
 public:
  using executor_type = Executor;

  AnyStream(Socket socket, TlsContext tls) : tls_context_(std::move(tls)) {
    if (tls_context_ == nullptr) {
      plain_ = std::make_unique<Socket>(std::move(socket));
    } else {
      tls_ = std::make_unique<asio::ssl::stream<Socket>>(std::move(socket), *tls_context_);
    }
  }

  bool is_tls() const { return tls_ != nullptr; }
  Socket& socket() { return tls_ != nullptr ? tls_->next_layer() : *plain_; }
  asio::ssl::stream<Socket>& tls() { return *tls_; }
  executor_type get_executor() { return socket().get_executor(); }

  /// Bytes that were read already and come first in what is read next.
  void put_back(std::string bytes) { put_back_ = std::move(bytes); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (!put_back_.empty()) {
      const size_t size = asio::buffer_copy(buffers, asio::buffer(put_back_));
      put_back_.erase(0, size);
      asio::post(get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                                  error_code(), size));
    } else if (tls_ != nullptr) {
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    } else {
      plain_->async_read_some(buffers, std::forward<Handler>(handler));
    }
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_ != nullptr) {
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    } else {
      plain_->async_write_some(buffers, std::forward<Handler>(handler));
    }
  }

  void close() {
    error_code ignored;
    socket().close(ignored);
  }

 private:
  TlsContext tls_context_;  // outlives tls_
  std::unique_ptr<Socket> plain_;
  std::unique_ptr<asio::ssl::stream<Socket>> tls_;
  std::string put_back_;
};

// What Beast's WebSocket calls on its next layer when it times out or ends.
inline void beast_close_socket(AnyStream& stream) {
  stream.close();
}

inline void teardown(boost::beast::role_type /*role*/, AnyStream& stream, error_code& failed) {
  stream.socket().shutdown(Socket::shutdown_both, failed);
  stream.close();
}

template <class Handler>
void async_teardown(boost::beast::role_type role, AnyStream& stream, Handler&& handler) {
  error_code failed;
  teardown(role, stream, failed);
  asio::post(stream.get_executor(),
             boost::beast::bind_front_handler(std::forward<Handler>(handler), failed));
}

}  // namespace jnlp::http
