#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace jnlp {

/// Why an operation failed. The code decides the HTTP status and the process exit code.
enum class ErrorCode {
  invalid_input,  ///< The caller's text, file or option is wrong.
  not_found,      ///< A file, model, label or record does not exist.
  overloaded,     ///< Refused because of load; trying later can succeed.
  deadline,       ///< Not finished in the time allowed.
  unsupported,    ///< Well-formed, but this build, machine or model cannot do it.
  io,             ///< Disk or network failed.
  internal,       ///< A broken invariant of ours: a bug.
};

/// The code's name as it appears in JSON, for example "invalid_input".
std::string_view to_string(ErrorCode code);

/// The one exception type that leaves our functions. The message says what failed, on which input,
/// and what to do about it.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace jnlp
