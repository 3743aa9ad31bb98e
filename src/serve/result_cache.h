#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "serve/cache_shard.h"

namespace jnlp {

struct CacheCounters {
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t evictions = 0;  ///< entries that went, or were not admitted, for lack of room
  int64_t entries = 0;
  int64_t bytes = 0;
};

/// Results in this process, bounded in bytes. Cut into shards by key, so that threads seldom wait
/// for each other. Thread-safe.
class ResultCache {
 public:
  /// 0 bytes keep nothing. Shards have at least 1 MB each and are sixteen at most.
  explicit ResultCache(int64_t bytes);

  /// Null when it is not there.
  CachedValue find(const CacheKey& key);
  /// As find(), without counting as a use.
  CachedValue peek(const CacheKey& key);
  void insert(const CacheKey& key, CachedValue value);

  CacheCounters counters() const;

 private:
  struct alignas(64) Shard {
    explicit Shard(int64_t bytes) : cache(bytes) {}
    mutable std::mutex mutex;
    CacheShard cache;
    int64_t hits = 0;
    int64_t misses = 0;
  };
  Shard& shard_of(const CacheKey& key) { return *shards_[key.high % shards_.size()]; }

  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace jnlp
