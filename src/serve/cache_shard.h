#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "serve/cache_key.h"
#include "serve/frequency_sketch.h"

namespace jnlp {

/// A result, shared so that a hit copies nothing.
using CachedValue = std::shared_ptr<const std::string>;

/// A cache bounded in bytes that keeps what is asked for often: W-TinyLFU (Einziger, Friedman,
/// Manes 2017). New entries enter a window of 1 % in order of use. What leaves it is admitted to
/// the main part only if it was asked for more often lately, by the sketch, than what would have to
/// go for it; so a scan of texts that never come again pushes nothing out. The main part is in
/// order of use too, in two segments: entries are on probation until they are asked for again, then
/// protected, up to 80 %. Not thread-safe.
class CacheShard {
 public:
  /// `bytes` bounds keys, values, lists, table, sketch and what malloc adds (estimated).
  explicit CacheShard(int64_t bytes);

  /// Null when it is not there. Counts as a use either way.
  CachedValue find(const CacheKey& key);
  /// As find(), without counting as a use.
  CachedValue peek(const CacheKey& key) const;
  /// Replaces what is there. A value larger than an eighth of the cache is not kept.
  void insert(const CacheKey& key, CachedValue value);

  int64_t entries() const { return static_cast<int64_t>(entries_.size()); }
  int64_t bytes() const { return window_.bytes + probation_.bytes + protected_.bytes + own_bytes_; }
  int64_t evictions() const { return evictions_; }

 private:
  struct Segment;
  struct Entry {
    CacheKey key;
    CachedValue value;
    int64_t bytes = 0;
    Segment* segment = nullptr;
    Entry* newer = nullptr;
    Entry* older = nullptr;
  };
  // Entries in order of use.
  struct Segment {
    Entry* newest = nullptr;
    Entry* oldest = nullptr;
    int64_t bytes = 0;
  };

  static int64_t bytes_of(const std::string& value);
  static void link(Segment& segment, Entry& entry);
  static void unlink(Entry& entry);
  void use(Entry& entry);
  void shrink_window();
  void admit(Entry& candidate);
  Entry* victim() const;
  void evict(Entry& entry);

  FrequencySketch sketch_;
  const int64_t own_bytes_;
  const int64_t window_limit_;
  const int64_t main_limit_;
  const int64_t protected_limit_;
  int64_t evictions_ = 0;
  Segment window_;
  Segment probation_;
  Segment protected_;
  std::unordered_map<CacheKey, Entry, CacheKeyHash> entries_;
};

}  // namespace jnlp
