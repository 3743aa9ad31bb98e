#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "base/json.h"
#include "http/error_status.h"
#include "http/request.h"
#include "http/response.h"

namespace jnlp {

/// A refusal with what OpenAI's API says beside the message: the parameter at fault and a code.
class OpenAiError : public http::HttpError {
 public:
  OpenAiError(int status, const std::string& message, std::string param, std::string code)
      : HttpError(status, status == 404 ? ErrorCode::not_found : ErrorCode::invalid_input, message),
        param_(std::move(param)),
        code_(std::move(code)) {}

  const std::string& param() const noexcept { return param_; }  ///< "": none
  const std::string& openai_code() const noexcept { return code_; }

 private:
  std::string param_;
  std::string code_;
};

/// 400 for a parameter, which the message begins with.
[[noreturn]] void fail_param(const std::string& param, std::string_view why,
                             std::string code = "invalid_value");

/// {"error": {"message", "type", "param", "code"}} for what was thrown.
OrderedJson openai_error_json(const std::exception_ptr& thrown);

/// Whether errors of the request's path are told in OpenAI's form.
bool speaks_openai(const http::Request& request);

/// The answer for an error that was found before a handler was called, or that one threw.
http::Response openai_error_response(const http::Failure& failure, const http::Request& request);
http::Response openai_error_response(const OpenAiError& error);
/// Answers with what was thrown.
void answer_openai_error(const std::exception_ptr& thrown, http::Responder responder);

}  // namespace jnlp
