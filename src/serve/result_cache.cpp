#include "serve/result_cache.h"

#include <algorithm>
#include <utility>

namespace jnlp {
namespace {

constexpr int64_t kShardBytes = 1 << 20;
constexpr int64_t kMostShards = 16;

}  // namespace

ResultCache::ResultCache(int64_t bytes) {
  if (bytes <= 0) return;
  const int64_t count = std::clamp<int64_t>(bytes / kShardBytes, 1, kMostShards);
  for (int64_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(bytes / count));
}

CachedValue ResultCache::find(const CacheKey& key) {
  if (shards_.empty()) return nullptr;
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  CachedValue value = shard.cache.find(key);
  ++(value != nullptr ? shard.hits : shard.misses);
  return value;
}

CachedValue ResultCache::peek(const CacheKey& key) {
  if (shards_.empty()) return nullptr;
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  return shard.cache.peek(key);
}

void ResultCache::insert(const CacheKey& key, CachedValue value) {
  if (shards_.empty()) return;
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  shard.cache.insert(key, std::move(value));
}

CacheCounters ResultCache::counters() const {
  CacheCounters sum;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    sum.hits += shard->hits;
    sum.misses += shard->misses;
    sum.evictions += shard->cache.evictions();
    sum.entries += shard->cache.entries();
    sum.bytes += shard->cache.bytes();
  }
  return sum;
}

}  // namespace jnlp
