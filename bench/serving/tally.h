#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/json.h"

namespace jnlp {

/// What became of the requests of a run. Times in nanoseconds, latencies from the time at which a
/// request was to be sent, so that one which had to wait for the client counts in full.
class Tally {
 public:
  /// `deadline_ns` 0: none.
  explicit Tally(int64_t deadline_ns) : deadline_ns_(deadline_ns) {}

  void on_send(int64_t intended_ns, int64_t now_ns);
  void on_answer(int status, int retry_after_s, int64_t intended_ns, int64_t now_ns);
  void on_broken() { ++broken_; }
  void on_unanswered(int64_t count) { unanswered_ += count; }

  int64_t sent() const { return static_cast<int64_t>(lags_.size()); }
  /// `seconds` is the time in which requests were sent.
  OrderedJson json(double seconds) const;

 private:
  const int64_t deadline_ns_;
  std::map<int, int64_t> by_status_;
  std::vector<float> lags_;      // milliseconds from the intended time to sending
  std::vector<float> answered_;  // milliseconds of those with 200
  std::vector<float> refused_;   // of 429 and 503
  std::vector<int64_t> good_by_second_;
  int64_t good_ = 0;  // 200 within the deadline
  int64_t broken_ = 0;
  int64_t unanswered_ = 0;
  int64_t without_retry_after_ = 0;
  int longest_retry_after_s_ = 0;
};

}  // namespace jnlp
