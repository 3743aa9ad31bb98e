#include "server/tei_errors.h"

#include "base/json.h"

namespace jnlp {
namespace {

struct Named {
  const char* name;
  int status;
  ErrorCode code;
};

Named named(TeiFault fault) {
  switch (fault) {
    case TeiFault::unhealthy:
      return {"Unhealthy", 503, ErrorCode::overloaded};
    case TeiFault::backend:
      return {"Backend", 424, ErrorCode::unsupported};
    case TeiFault::overloaded:
      return {"Overloaded", 429, ErrorCode::overloaded};
    case TeiFault::validation:
      return {"Validation", 422, ErrorCode::invalid_input};
    case TeiFault::tokenizer:
      return {"Tokenizer", 422, ErrorCode::invalid_input};
    case TeiFault::empty:
      return {"Empty", 400, ErrorCode::invalid_input};
  }
  return {"Backend", 424, ErrorCode::internal};
}

TeiFault fault_of(const http::Failure& failure) {
  if (failure.code == ErrorCode::overloaded || failure.code == ErrorCode::deadline) {
    return TeiFault::overloaded;
  }
  return failure.status == 424 || failure.status >= 500 ? TeiFault::backend : TeiFault::validation;
}

int tei_status(const http::Failure& failure) {
  if (failure.status == 503) return 429;
  return failure.status == 500 || failure.status == 501 ? 424 : failure.status;
}

}  // namespace

TeiError::TeiError(TeiFault fault, const std::string& message)
    : HttpError(named(fault).status, named(fault).code, message), fault_(fault) {}

void fail_tei_input(const std::string& message) {
  throw TeiError(TeiFault::validation, "Input validation error: " + message);
}

http::Response tei_error_response(TeiFault fault, const std::string& message) {
  return http::Response::json(
      dump_json(OrderedJson{{"error", message}, {"error_type", named(fault).name}}),
      named(fault).status);
}

http::Response tei_error_response(const http::Failure& failure) {
  http::Response response = tei_error_response(fault_of(failure), failure.message);
  response.status = failure.status;
  return response;
}

http::Response current_tei_error() {
  try {
    throw;
  } catch (const TeiError& error) {
    return tei_error_response(error.fault(), error.what());
  } catch (...) {
    const http::Failure failure = http::failure_of(std::current_exception());
    throw http::HttpError(tei_status(failure), failure.code, failure.detail, failure.retry_after_s);
  }
}

}  // namespace jnlp
