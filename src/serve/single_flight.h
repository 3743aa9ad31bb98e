#pragma once

#include <array>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>

#include "serve/cache_shard.h"
#include "serve/work_context.h"

namespace jnlp {

/// Of identical requests in flight one, the leader, computes; the others wait for its result. If it
/// throws, for whatever reason, only its own caller gets that; the follower that has waited longest
/// takes over with its own deadline, so nobody fails because somebody else was cancelled. A
/// follower leaves at its own deadline; a cancelled one when its turn comes. Thread-safe.
class SingleFlight {
 public:
  /// `compute` must not give null.
  /// @throws Error deadline; Cancelled; what `compute` throws.
  CachedValue run(const CacheKey& key, const WorkContext& context,
                  const std::function<CachedValue()>& compute);

  /// Makes the caller the leader, who must land() or give_up(); false when there is one.
  bool try_lead(const CacheKey& key);
  /// Ends the flight: the followers have the value, which must not be null.
  void land(const CacheKey& key, const CachedValue& value);
  /// The first follower becomes the leader; without any the flight is over.
  void give_up(const CacheKey& key);

  /// Requests that wait for another one's result now.
  int64_t followers() const;

 private:
  struct Follower;
  using Flights = std::unordered_map<CacheKey, std::list<Follower*>, CacheKeyHash>;
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    Flights flights;  // keys that somebody computes, with those who wait
  };
  static constexpr size_t kShards = 16;
  Shard& shard_of(const CacheKey& key) { return shards_[key.high % kShards]; }

  CachedValue follow(Shard& shard, const CacheKey& key, const WorkContext& context, Follower& self);
  CachedValue lead(const CacheKey& key, const std::function<CachedValue()>& compute);

  std::array<Shard, kShards> shards_;
};

}  // namespace jnlp
