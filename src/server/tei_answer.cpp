#include "server/tei_answer.h"

#include <fmt/format.h>

namespace jnlp {
namespace {

template <typename Duration>
std::string in_milliseconds(Duration duration) {
  return fmt::format("{}", std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

std::string counted_body(int64_t tokens, const std::string& json) {
  return fmt::format("{}\n{}", tokens, json);
}

http::Response TeiTimes::response(const std::string& counted_body, size_t characters) const {
  const size_t line = counted_body.find('\n');
  http::Response response = http::Response::json(counted_body.substr(line + 1));
  const std::string total = in_milliseconds(Clock::now() - start_);
  http::Headers& headers = response.headers;
  headers.add("x-compute-type", "cpu");
  headers.add("x-compute-time", total);
  headers.add("x-compute-characters", fmt::format("{}", characters));
  headers.add("x-compute-tokens", counted_body.substr(0, line));
  headers.add("x-total-time", total);
  if (tokenizing_ && work_.entered) {
    headers.add("x-tokenization-time", in_milliseconds(*work_.entered - *tokenizing_));
    headers.add("x-queue-time", in_milliseconds(work_.waited));
    headers.add("x-inference-time", in_milliseconds(work_.computed));
  }
  return response;
}

}  // namespace jnlp
