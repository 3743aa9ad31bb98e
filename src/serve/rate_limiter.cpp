#include "serve/rate_limiter.h"

#include <fmt/format.h>

#include <algorithm>

#include "serve/overloaded.h"

namespace jnlp {
namespace {

RateLimiter::Clock::duration requests_worth(const RateLimit& limit, double requests) {
  if (limit.per_second <= 0) return {};
  // A rate of less than one a year is held to be one a year: the sum of two must not overflow.
  constexpr double kYear = 365.0 * 24 * 3600;
  const std::chrono::duration<double> seconds(std::min(requests / limit.per_second, kYear));
  return std::chrono::duration_cast<RateLimiter::Clock::duration>(seconds);
}

}  // namespace

RateLimiter::RateLimiter(const RateLimit& limit)
    : limit_(limit),
      per_request_(requests_worth(limit, 1)),
      capacity_(requests_worth(limit, std::max(limit.burst, 1.0))) {}

void RateLimiter::admit(uint64_t client, Clock::time_point now) {
  if (limit_.per_second <= 0) return;
  const std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(client, now);
  const Clock::time_point full = std::max(bucket.full, now) + per_request_;
  if (full - now > capacity_) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(full - now - capacity_);
    throw Overloaded(Refusal::rate_limit, wait,
                     fmt::format("this client may send {:g} requests a second; try again in {} ms",
                                 limit_.per_second, wait.count()));
  }
  bucket.full = full;
}

size_t RateLimiter::clients() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

RateLimiter::Bucket& RateLimiter::bucket_of(uint64_t client, Clock::time_point now) {
  const auto known = buckets_.find(client);
  if (known != buckets_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second.place);
    return known->second;
  }
  if (!recent_.empty() && buckets_.size() >= limit_.max_clients) {
    buckets_.erase(recent_.back());
    recent_.pop_back();
  }
  recent_.push_front(client);
  return buckets_.emplace(client, Bucket{.full = now, .place = recent_.begin()}).first->second;
}

}  // namespace jnlp
