#include "http/response.h"

#include "http/error_status.h"
#include "http/exchange.h"

namespace jnlp::http {

Response Response::of_type(std::string_view content_type, std::string body, int status) {
  Response response;
  response.status = status;
  response.headers.add("content-type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::json(std::string body, int status) {
  return of_type("application/json", std::move(body), status);
}

Response Response::text(std::string body, int status) {
  return of_type("text/plain; charset=utf-8", std::move(body), status);
}

Response Response::streamed(std::string_view content_type,
                            std::function<void(ResponseStream&)> stream) {
  Response response = of_type(content_type, "");
  response.stream = std::move(stream);
  return response;
}

ResponseStream::ResponseStream(std::shared_ptr<Exchange> exchange)
    : exchange_(std::move(exchange)) {}

ResponseStream::ResponseStream(ResponseStream&&) noexcept = default;

ResponseStream& ResponseStream::operator=(ResponseStream&& other) noexcept {
  std::swap(exchange_, other.exchange_);
  return *this;
}

ResponseStream::~ResponseStream() {
  if (exchange_ != nullptr) exchange_->cut();
}

bool ResponseStream::write(std::string_view piece) {
  return exchange_ != nullptr && exchange_->write(piece);
}

void ResponseStream::finish() {
  if (const auto exchange = std::move(exchange_)) exchange->finish();
}

bool ResponseStream::gone() const {
  return exchange_ == nullptr || exchange_->is_over();
}

Responder::Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

Responder::Responder(Responder&&) noexcept = default;

Responder& Responder::operator=(Responder&& other) noexcept {
  std::swap(exchange_, other.exchange_);
  return *this;
}

Responder::~Responder() {
  if (exchange_ == nullptr) return;
  exchange_->fail(failure_of(
      std::make_exception_ptr(Error(ErrorCode::internal, "a handler ended without an answer"))));
}

void Responder::send(Response response) {
  if (const auto exchange = std::move(exchange_)) exchange->answer(std::move(response));
}

void Responder::fail(const std::exception_ptr& thrown) {
  if (const auto exchange = std::move(exchange_)) exchange->fail(failure_of(thrown));
}

ResponseStream Responder::stream(Response head) {
  const auto exchange = std::move(exchange_);
  if (exchange != nullptr) exchange->start_stream(std::move(head));
  return ResponseStream(exchange);
}

}  // namespace jnlp::http
