#include "http/serve.h"

#include <fmt/format.h>

#include "http/content_coding.h"
#include "http/exchange.h"
#include "http/router.h"

namespace jnlp::http {
namespace {

const Failure kTooManyBytes{503, ErrorCode::overloaded,
                            "the bodies of all requests together are too large; try again", 1};

void decompress_body(Exchange* exchange) {
  if (!exchange->body_is_gzip || exchange->request.body.empty()) return;
  std::string body =
      decompress_gzip(exchange->request.body, exchange->context->options.max_body_bytes);
  if (!exchange->count_body(body.size())) {
    throw HttpError(kTooManyBytes.status, kTooManyBytes.code, kTooManyBytes.message, 1);
  }
  exchange->request.body = std::move(body);
}

void write_stream(const std::shared_ptr<Exchange>& exchange, Response response) {
  const auto write = std::move(response.stream);
  std::string first = std::move(response.body);
  response.body.clear();
  exchange->start_stream(std::move(response));
  ResponseStream stream(exchange);
  try {
    if (!first.empty()) stream.write(first);
    write(stream);
    stream.finish();
  } catch (...) {
    exchange->note_fault(failure_of(std::current_exception()).detail);
  }
}

void run(const std::shared_ptr<Exchange>& exchange) {
  const Route& route = *exchange->route;
  const Request& request = exchange->request;
  try {
    decompress_body(exchange.get());
    if (route.async) {
      route.async(std::shared_ptr<const Request>(exchange, &request), Responder(exchange));
      return;
    }
    Response response = route.quick ? route.quick(request) : route.handler(request);
    if (response.stream) {
      write_stream(exchange, std::move(response));
    } else {
      exchange->answer(std::move(response));
    }
  } catch (...) {
    exchange->fail(failure_of(std::current_exception()));
  }
}

// On a request thread: what nobody waits for any more is not computed.
void run_from_queue(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->request.cancelled()) {
    exchange->cut();
  } else if (exchange->request.expired()) {
    exchange->fail({504, ErrorCode::deadline, "the request's time was over before its turn came"});
  } else {
    run(exchange);
  }
}

}  // namespace

void serve(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->route->quick) {
    run(exchange);
  } else if (!exchange->context->requests.try_submit([exchange] { run_from_queue(exchange); })) {
    exchange->fail({503, ErrorCode::overloaded, "too many requests are waiting; try again", 1});
  }
}

}  // namespace jnlp::http
