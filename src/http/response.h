#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/headers.h"

namespace jnlp::http {

class Exchange;
class ResponseStream;

/// An answer. Content-Length, Date, x-request-id, Connection and what compression and CORS need
/// are added by the server.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// When set, `body` is followed by what this writes. It is called once, on the request's thread,
  /// after status and headers went out; what it throws cuts the connection, so that the client
  /// cannot take a part for the whole.
  std::function<void(ResponseStream&)> stream;

  static Response json(std::string body, int status = 200);
  static Response text(std::string body, int status = 200);
  static Response of_type(std::string_view content_type, std::string body, int status = 200);
  static Response streamed(std::string_view content_type,
                           std::function<void(ResponseStream&)> stream);
};

/// Where the pieces of an answer go, from any thread, one at a time. Each piece leaves at once.
/// Destroyed before finish(), it cuts the connection.
class ResponseStream {
 public:
  explicit ResponseStream(std::shared_ptr<Exchange> exchange);
  ~ResponseStream();
  ResponseStream(ResponseStream&&) noexcept;
  ResponseStream& operator=(ResponseStream&&) noexcept;

  /// Waits while the client reads more slowly than we write (ServerOptions::stream_buffer_bytes).
  /// False when nobody reads any more. Not for quick handlers: they must not wait.
  bool write(std::string_view piece);
  /// The answer is whole.
  void finish();
  /// Nobody reads any more.
  bool gone() const;

 private:
  std::shared_ptr<Exchange> exchange_;
};

/// Answers one request, once, from any thread, then or later. Destroyed without an answer, it
/// answers with an internal error.
class Responder {
 public:
  explicit Responder(std::shared_ptr<Exchange> exchange);
  ~Responder();
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) noexcept;

  /// `response.stream` must be empty: see stream().
  void send(Response response);
  /// Answers with what failure_of() makes of an exception.
  void fail(const std::exception_ptr& thrown);
  /// Status and headers leave now, the body piece by piece.
  ResponseStream stream(Response head);

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace jnlp::http
