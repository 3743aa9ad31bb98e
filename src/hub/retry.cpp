#include "hub/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace jnlp {
namespace {

double random_part() {
  std::random_device source;
  return static_cast<double>(source() & 0xFFFF) / 65536.0;
}

std::string reason_of(const HttpResult& result) {
  if (result.fault == HttpFault::timeout) return "connection stalled";
  if (result.fault == HttpFault::cut) return "connection broke";
  if (result.fault != HttpFault::none) return "no connection";
  return fmt::format("server answers {}", result.status);
}

}  // namespace

bool is_transient(const HttpResult& result) {
  switch (result.fault) {
    case HttpFault::no_connection:
    case HttpFault::bad_proxy:
    case HttpFault::timeout:
    case HttpFault::cut:
      return true;
    case HttpFault::none:
      break;
    default:
      return false;
  }
  switch (result.status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

int64_t backoff_ms(const NetworkLimits& limits, int failures, double jitter) {
  const int doublings = std::clamp(failures - 1, 0, 30);
  const int64_t pause = std::min(limits.max_backoff_ms, limits.backoff_ms << doublings);
  return static_cast<int64_t>(static_cast<double>(pause) * (1.0 - jitter / 2));
}

Retrier::Retrier(const NetworkLimits& limits, WaitNotice notice)
    : limits_(limits), notice_(std::move(notice)) {}

bool Retrier::wait_before_retry(const HttpResult& result) {
  if (!is_transient(result)) return false;
  ++failures_;
  const bool connected =
      result.fault != HttpFault::no_connection && result.fault != HttpFault::bad_proxy;
  if (failures_ >= (connected ? limits_.max_attempts : limits_.max_connect_attempts)) return false;
  if (result.retry_after_s > limits_.max_retry_after_s) return false;
  int64_t pause_ms = backoff_ms(limits_, failures_, random_part());
  if (result.retry_after_s >= 0) pause_ms = std::max(pause_ms, result.retry_after_s * 1000);
  if (notice_) {
    notice_(fmt::format("{}, next try in {:.0f} s", reason_of(result),
                        static_cast<double>(pause_ms) / 1000));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  return true;
}

HttpResult perform_with_retries(const NetworkLimits& limits, const WaitNotice& notice,
                                const std::function<HttpResult()>& attempt) {
  Retrier retrier(limits, notice);
  for (;;) {
    HttpResult result = attempt();
    if (result.ok() || !retrier.wait_before_retry(result)) return result;
  }
}

}  // namespace jnlp
