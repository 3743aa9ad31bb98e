#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "base/error.h"

namespace jnlp::http {

/// An Error whose HTTP status its thrower chose, for example 422 or 429.
class HttpError : public Error {
 public:
  HttpError(int status, ErrorCode code, const std::string& message, int retry_after_s = -1)
      : Error(code, message), status_(status), retry_after_s_(retry_after_s) {}

  int status() const noexcept { return status_; }
  int retry_after_s() const noexcept { return retry_after_s_; }

 private:
  int status_;
  int retry_after_s_;
};

/// Why a request gets no good answer, in the words that the client may read.
struct Failure {
  int status = 500;
  ErrorCode code = ErrorCode::internal;
  std::string message = {};
  int retry_after_s = -1;   ///< sent as Retry-After; -1: not
  std::string allow = {};   ///< sent as Allow
  std::string detail = {};  ///< for our log alone: what was really thrown
};

/// The status of a code that nobody chose another one for.
int status_of(ErrorCode code);

/// "Not Found" for 404; "" for a status without a usual phrase.
std::string_view reason_phrase(int status);

/// What a client gets to know of an exception. Messages of `io` and `internal` errors and of
/// exceptions that are no Error stay with us, since they name files and broken invariants.
Failure failure_of(const std::exception_ptr& thrown);

}  // namespace jnlp::http
