#include "http/serve.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <future>

#include "http/content_coding.h"
#include "http/exchange.h"
#include "http/io_thread.h"
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

// Runs what answers the request, on the I/O thread, which does not compress.
template <class Step>
void attempt_here(const std::shared_ptr<Exchange>& exchange, const Step& step) {
  try {
    Response response = step();
    if (exchange->would_compress(response)) {
      const auto shared = std::make_shared<Response>(std::move(response));
      const auto answer = [exchange, shared] { exchange->answer(std::move(*shared)); };
      if (exchange->context->requests.try_submit(answer)) return;
      response =
          std::move(*shared);  // all threads are busy: an answer that is there is not refused
    }
    exchange->answer(std::move(response));
  } catch (...) {
    exchange->fail(failure_of(std::current_exception()));
  }
}

// A request whose work somebody else does. Who drops it has the client told of an internal error.
class Errand {
 public:
  explicit Errand(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {
    ++exchange_->context->elsewhere;
  }
  ~Errand() {
    if (!is_done_) const Responder dropped(exchange_);
    --exchange_->context->elsewhere;
  }
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  void deliver(Rest rest) {
    is_done_ = true;
    asio::post(exchange_->io->context(),
               [exchange = exchange_, rest = std::move(rest)] { attempt_here(exchange, rest); });
  }

 private:
  const std::shared_ptr<Exchange> exchange_;
  bool is_done_ = false;
};

// On the I/O thread. While it refuses for want of time, nobody gains by its haste: others' work
// should have the processors. The request that was refused had more time than the rest takes, at
// least.
void refuse(const std::shared_ptr<Exchange>& exchange, Failure failure) {
  constexpr int kPartOfTime = 100;
  const Context& context = *exchange->context;
  const bool is_crowded = failure.code == ErrorCode::overloaded &&
                          (context.elsewhere > 0 || context.requests.busy() > 0);
  exchange->fail(std::move(failure));
  if (!is_crowded) return;
  const Request& request = exchange->request;
  exchange->io->rest(request.deadline ? (*request.deadline - request.arrival) / kPartOfTime
                                      : Clock::duration::max());
}

// On the I/O thread.
void begin(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->request.expired()) return exchange->fail(kTooLate);
  try {
    Begun begun = exchange->route->staged(exchange->request);
    if (auto* response = std::get_if<Response>(&begun)) {
      attempt_here(exchange, [response] { return std::move(*response); });
    } else if (auto* rest = std::get_if<Rest>(&begun)) {
      submit(exchange, [exchange, rest = std::move(*rest)] {
        attempt(exchange, [&rest](const Request& /*request*/) { return rest(); });
      });
    } else {
      const auto errand = std::make_shared<Errand>(exchange);
      std::get<Later>(begun)([errand](Rest rest) { errand->deliver(std::move(rest)); });
    }
  } catch (...) {
    refuse(exchange, failure_of(std::current_exception()));
  }
}

}  // namespace

Response run_whole(const Route& route, const Request& request) {
  if (!route.staged) return route.handler(request);
  Begun begun = route.staged(request);
  if (auto* response = std::get_if<Response>(&begun)) return std::move(*response);
  if (const auto* rest = std::get_if<Rest>(&begun)) return (*rest)();
  auto delivered = std::make_shared<std::promise<Rest>>();
  std::future<Rest> rest = delivered->get_future();
  std::get<Later>(begun)([delivered = std::exchange(delivered, nullptr)](Rest given) {
    delivered->set_value(std::move(given));
  });
  return rest.get()();  // who drops Deliver breaks the promise, which is thrown here
}

void serve(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->context->is_stopping) {
    return exchange->fail({503, ErrorCode::overloaded, "the server ends", -1});
  }
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
