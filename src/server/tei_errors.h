#pragma once

#include <memory>
#include <string>

#include "http/error_status.h"
#include "http/request.h"
#include "http/response.h"
#include "server/model_slot.h"

namespace jnlp {

/// What text-embeddings-inference calls the reasons of failures.
enum class TeiFault { unhealthy, backend, overloaded, validation, tokenizer, empty };

/// A failure in its words, with the status that it has there since version 1.9: 503, 424, 429, 422,
/// 422 and 400.
class TeiError : public http::HttpError {
 public:
  TeiError(TeiFault fault, const std::string& message);
  TeiFault fault() const noexcept { return fault_; }

 private:
  TeiFault fault_;
};

/// 422 for wrong input, with the prefix that is usual there.
[[noreturn]] void fail_tei_input(const std::string& message);

/// {"error": "...", "error_type": "Validation"}
http::Response tei_error_response(TeiFault fault, const std::string& message);
/// The same for a failure that knows a status alone, such as one of a request that was refused
/// before any handler saw it.
http::Response tei_error_response(const http::Failure& failure);

/// The answer that says what was thrown, in a handler of exceptions.
/// @throws http::HttpError for what other routes' answers would say too.
http::Response current_tei_error();

/// Runs a handler, or a stage of one; what it throws gets the status that it has in
/// text-embeddings-inference: 429 when too much work waits, 424 when the model failed or there is
/// none.
template <typename Answer>
auto with_tei_errors(const Answer& answer) -> decltype(answer()) {
  try {
    return answer();
  } catch (...) {
    return current_tei_error();
  }
}

/// @throws TeiError unhealthy while the model is loading, backend with `none` without one.
template <typename Service>
std::shared_ptr<Service> tei_model(const ModelSlot<Service>& slot, const std::string& none) {
  try {
    return slot.get();
  } catch (const http::HttpError& error) {
    if (error.status() == 503) throw TeiError(TeiFault::unhealthy, error.what());
    throw TeiError(TeiFault::backend, "Backend error: " + none);
  }
}

}  // namespace jnlp
