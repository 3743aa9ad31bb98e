#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

namespace jnlp {

struct RateLimit {
  double per_second = 0;       ///< requests that a client may send on average; 0: any number
  double burst = 1;            ///< and at once, at least 1
  size_t max_clients = 10000;  ///< that are remembered; about 100 bytes each
};

/// A token bucket per client. Of too many clients the one that has been away longest is forgotten,
/// and begins with a full bucket again should it come back. Thread-safe.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateLimiter(const RateLimit& limit);

  /// Counts a request of the client.
  /// @throws Overloaded (rate_limit) with the time until its next one will be taken; then it is not
  ///   counted.
  void admit(uint64_t client, Clock::time_point now = Clock::now());

  size_t clients() const;

 private:
  struct Bucket {
    Clock::time_point full;  // when it will be full again, if nothing more is taken
    std::list<uint64_t>::iterator place;
  };
  Bucket& bucket_of(uint64_t client, Clock::time_point now);

  const RateLimit limit_;
  const Clock::duration per_request_;  // until a request's worth has come back
  const Clock::duration capacity_;     // until an empty bucket is full
  mutable std::mutex mutex_;           // guards what follows
  std::unordered_map<uint64_t, Bucket> buckets_;
  std::list<uint64_t> recent_;  // clients, the last seen first
};

}  // namespace jnlp
