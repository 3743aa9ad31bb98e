#include "http/serve.h"

#include <fmt/format.h>

#include "http/content_coding.h"
#include "http/exchange.h"
#include "http/router.h"

namespace jnlp::http {
namespace {

const Failure kTooManyBytes{503, ErrorCode::overloaded,
                            "the bodies of all requests together are too large; try again", 1};

const Failure kTooLate{504, ErrorCode::deadline,
                       "the request's time was over before its turn came"};

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

// Runs what answers the request.
template <class Step>
void attempt(const std::shared_ptr<Exchange>& exchange, const Step& step) {
  try {
    Response response = step(exchange->request);
    if (response.stream) {
      write_stream(exchange, std::move(response));
    } else {
      exchange->answer(std::move(response));
    }
  } catch (...) {
    exchange->fail(failure_of(std::current_exception()));
  }
}

void run_async(const std::shared_ptr<Exchange>& exchange) {
  const std::shared_ptr<const Request> request(exchange, &exchange->request);
  try {
    exchange->route->async(request, Responder(exchange));
  } catch (...) {
    exchange->fail(failure_of(std::current_exception()));
  }
}

void run(const std::shared_ptr<Exchange>& exchange) {
  const Route& route = *exchange->route;
  try {
    decompress_body(exchange.get());
  } catch (...) {
    return exchange->fail(failure_of(std::current_exception()));
  }
  if (route.async) return run_async(exchange);
  attempt(exchange, [&route](const Request& request) { return run_whole(route, request); });
}

// Has a request thread do the work, unless nobody waits for it any more when its turn comes.
template <class Work>
void submit(const std::shared_ptr<Exchange>& exchange, Work work) {
  const bool is_taken = exchange->context->requests.try_submit([exchange, work = std::move(work)] {
    if (exchange->request.cancelled()) {
      exchange->cut();
    } else if (exchange->request.expired()) {
      exchange->fail(kTooLate);
    } else {
      work();
    }
  });
  if (is_taken) return;
  exchange->fail({503, ErrorCode::overloaded, "too many requests are waiting; try again", 1});
}

// On the I/O thread, which does not compress.
void begin(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->request.expired()) return exchange->fail(kTooLate);
  Begun begun;
  try {
    begun = exchange->route->staged(exchange->request);
  } catch (...) {
    return exchange->fail(failure_of(std::current_exception()));
  }
  if (auto* response = std::get_if<Response>(&begun)) {
    if (!exchange->would_compress(*response)) return exchange->answer(std::move(*response));
    begun = Rest([response = std::move(*response)] { return response; });
  }
  submit(exchange, [exchange, rest = std::get<Rest>(std::move(begun))] {
    attempt(exchange, [&rest](const Request& /*request*/) { return rest(); });
  });
}

}  // namespace

Response run_whole(const Route& route, const Request& request) {
  if (!route.staged) return route.handler(request);
  Begun begun = route.staged(request);
  const Rest* rest = std::get_if<Rest>(&begun);
  return rest != nullptr ? (*rest)() : std::get<Response>(std::move(begun));
}

void serve(const std::shared_ptr<Exchange>& exchange) {
  const Route& route = *exchange->route;
  const size_t quick_bytes = exchange->context->options.max_quick_body_bytes;
  if (route.quick) {
    attempt(exchange, route.quick);
  } else if (route.staged && !exchange->body_is_gzip &&
             exchange->request.body.size() <= quick_bytes) {
    begin(exchange);
  } else {
    submit(exchange, [exchange] { run(exchange); });
  }
}

}  // namespace jnlp::http
