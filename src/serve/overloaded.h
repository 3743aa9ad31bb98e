#pragma once

#include <chrono>
#include <string>

#include "base/error.h"

namespace jnlp {

/// Why work was refused though nothing is wrong with it.
enum class Refusal {
  queue_full,  ///< more work is waiting than may
  no_time,     ///< it would not be done by its deadline
  rate_limit,  ///< this client asks too often; others may still be served
  closing,     ///< the model is being unloaded or the program ends
};

/// An Error with code overloaded that says when to come again.
class Overloaded : public Error {
 public:
  Overloaded(Refusal reason, std::chrono::milliseconds retry_after, const std::string& message)
      : Error(ErrorCode::overloaded, message), reason_(reason), retry_after_(retry_after) {}

  Refusal reason() const noexcept { return reason_; }
  /// An estimate; 0 when unknown.
  std::chrono::milliseconds retry_after() const noexcept { return retry_after_; }

 private:
  Refusal reason_;
  std::chrono::milliseconds retry_after_;
};

/// An Error with code deadline for work whose client has gone: nobody will read it.
class Cancelled : public Error {
 public:
  Cancelled() : Error(ErrorCode::deadline, "the request was cancelled by its client") {}
};

}  // namespace jnlp
