#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "hub/hub_config.h"
#include "net/http_client.h"

namespace jnlp {

/// Called with a short text ("server busy, next try in 12 s") before a pause.
using WaitNotice = std::function<void(const std::string&)>;

/// Decides after a failed request whether to try again, and waits: exponential backoff with jitter,
/// or as long as the server's Retry-After asks, within the limits.
class Retrier {
 public:
  explicit Retrier(const NetworkLimits& limits, WaitNotice notice = {});

  /// Waits and returns true when another attempt makes sense; false when the fault is final, the
  /// attempts are used up, or the server asks for too long a pause.
  bool wait_before_retry(const HttpResult& result);

  /// The last attempt got on: count failures from zero.
  void progress_made() { failures_ = 0; }

 private:
  NetworkLimits limits_;
  WaitNotice notice_;
  int failures_ = 0;
};

/// Calls `attempt` until it succeeds or trying again makes no sense; the last result.
HttpResult perform_with_retries(const NetworkLimits& limits, const WaitNotice& notice,
                                const std::function<HttpResult()>& attempt);

/// Whether the same request may succeed later: broken connections, timeouts, 408, 429, 500, 502,
/// 503, 504.
bool is_transient(const HttpResult& result);

/// The pause before attempt `failures` + 1, in ms; `jitter` in [0, 1) shortens it by up to half.
int64_t backoff_ms(const NetworkLimits& limits, int failures, double jitter);

}  // namespace jnlp
