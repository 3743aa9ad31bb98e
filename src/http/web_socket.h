#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace jnlp::http {

struct Request;

/// Our end of a WebSocket. All functions may be called from any thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Sends one message; waits while the client reads more slowly than we write
  /// (ServerOptions::web_socket_buffer_bytes). False when the socket is closed.
  virtual bool send(std::string_view message, bool is_binary = false) = 0;
  /// Closes after what was sent; `code` as in RFC 6455, section 7.4.1.
  virtual void close(int code = 1000, std::string_view reason = "") = 0;
  virtual bool is_open() const = 0;
};

/// What happens on one WebSocket. Calls come one after the other, on a thread that all WebSockets
/// share (ServerOptions::web_socket_threads): what takes long, such as an answer that a later
/// message may cancel, belongs on a thread of the handler's own. What a call throws closes the
/// socket with code 1011.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void on_open(const std::shared_ptr<WebSocket>& /*socket*/) {}
  virtual void on_message(const std::shared_ptr<WebSocket>& socket, std::string message,
                          bool is_binary) = 0;
  /// The last call, whoever closed; `code` is 1006 when the connection broke.
  virtual void on_close(int /*code*/) {}
};

/// Makes the handler of a new WebSocket, on the I/O thread. What it throws refuses the handshake
/// with the error's status.
using WebSocketFactory = std::function<std::shared_ptr<WebSocketHandler>(const Request&)>;

}  // namespace jnlp::http
