#include "server/openai_error.h"

#include <fmt/format.h>

namespace jnlp {
namespace {

const char* type_of(int status) {
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

std::string code_of(const http::Failure& failure) {
  if (failure.status == 401) return "invalid_api_key";
  if (failure.status == 429) return "rate_limit_exceeded";
  return std::string(to_string(failure.code));
}

OrderedJson error_json(const std::string& message, int status, const std::string& param,
                       const std::string& code) {
  OrderedJson error = {{"message", message}, {"type", type_of(status)}, {"param", nullptr}};
  if (!param.empty()) error["param"] = param;
  error["code"] = code;
  return {{"error", std::move(error)}};
}

OrderedJson error_json(const OpenAiError& error) {
  return error_json(error.what(), error.status(), error.param(), error.openai_code());
}

OrderedJson error_json(const http::Failure& failure) {
  return error_json(failure.message, failure.status, "", code_of(failure));
}

}  // namespace

void fail_param(const std::string& param, std::string_view why, std::string code) {
  throw OpenAiError(400, fmt::format("'{}' {}", param, why), param, std::move(code));
}

OrderedJson openai_error_json(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const OpenAiError& error) {
    return error_json(error);
  } catch (...) {
    return error_json(http::failure_of(thrown));
  }
}

bool speaks_openai(const http::Request& request) {
  return request.path == "/v1" || request.path.starts_with("/v1/");
}

http::Response openai_error_response(const http::Failure& failure, const http::Request&) {
  return http::Response::json(dump_json(error_json(failure)), failure.status);
}

http::Response openai_error_response(const OpenAiError& error) {
  return http::Response::json(dump_json(error_json(error)), error.status());
}

void answer_openai_error(const std::exception_ptr& thrown, http::Responder responder) {
  try {
    std::rethrow_exception(thrown);
  } catch (const OpenAiError& error) {
    responder.send(openai_error_response(error));
  } catch (...) {
    responder.fail(thrown);
  }
}

}  // namespace jnlp
