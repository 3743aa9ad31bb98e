#pragma once

#include <functional>
#include <memory>
#include <string>

#include "serve/redis_cache.h"
#include "serve/result_cache.h"
#include "serve/single_flight.h"

namespace jnlp {

/// Where results come from: this process's cache, else another request that computes the same, else
/// Redis if there is one, else the model. Thread-safe.
class CachedResults {
 public:
  /// `bytes` of this process's memory; 0: nothing is kept, but identical requests in flight still
  /// compute once. `redis` may be null.
  explicit CachedResults(int64_t bytes, std::unique_ptr<RedisCache> redis = nullptr)
      : cache_(bytes), redis_(std::move(redis)) {}

  /// What can be had without waiting; null when there is nothing.
  CachedValue find(const CacheKey& key) { return cache_.find(key); }
  /// After find() found nothing: the result from elsewhere. May wait.
  /// @throws Error deadline; Cancelled; what `compute` throws.
  CachedValue get(const CacheKey& key, const WorkContext& context,
                  const std::function<std::string()>& compute);

  /// The right to compute a key's result, for who does it without a thread that waits in get().
  /// Whoever lets it go without a result leaves it to the request that has waited longest.
  class Lead {
   public:
    Lead(CachedResults& results, const CacheKey& key) : results_(&results), key_(key) {}
    ~Lead() {
      if (results_ != nullptr) results_->flights_.give_up(key_);
    }
    Lead(const Lead&) = delete;
    Lead& operator=(const Lead&) = delete;

    /// Once: for those who wait and for the cache.
    void land(const CachedValue& value);

   private:
    CachedResults* results_;
    const CacheKey key_;
  };
  /// After find() found nothing. Null when another request has it, and where there is Redis, which
  /// has to be waited for.
  std::unique_ptr<Lead> try_lead(const CacheKey& key);

  CacheCounters counters() const { return cache_.counters(); }
  int64_t followers() const { return flights_.followers(); }
  /// May be null.
  const RedisCache* redis() const { return redis_.get(); }

 private:
  CachedValue get_as_leader(const CacheKey& key, const std::function<std::string()>& compute);

  ResultCache cache_;
  SingleFlight flights_;
  const std::unique_ptr<RedisCache> redis_;
};

}  // namespace jnlp
