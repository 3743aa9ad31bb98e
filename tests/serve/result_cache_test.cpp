#include "serve/result_cache.h"

#include <gtest/gtest.h>

#include <malloc.h>

#include <cmath>
#include <list>
#include <random>
#include <unordered_map>

#include "fake_backend.h"
#include "key_of.h"

namespace jnlp {
namespace {

using test::key_of;

CachedValue value_of(size_t bytes, char c = 'x') {
  return std::make_shared<const std::string>(bytes, c);
}

// Ranks 0, 1, ... with probability falling as 1 / rank^s; the same on every machine.
class Zipf {
 public:
  Zipf(size_t keys, double s) {
    double sum = 0;
    for (size_t rank = 1; rank <= keys; ++rank) {
      sum += std::pow(static_cast<double>(rank), -s);
      cumulative_.push_back(sum);
    }
  }
  size_t next() {
    const double at = static_cast<double>(random_() >> 11) * 0x1p-53 * cumulative_.back();
    return static_cast<size_t>(std::upper_bound(cumulative_.begin(), cumulative_.end(), at) -
                               cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
  std::mt19937_64 random_{42};
};

// The classical cache to compare with, bounded in entries.
class Lru {
 public:
  explicit Lru(size_t entries) : entries_(entries) {}
  bool find(size_t key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return false;
    order_.splice(order_.begin(), order_, found->second);
    return true;
  }
  void insert(size_t key) {
    order_.push_front(key);
    places_[key] = order_.begin();
    if (places_.size() > entries_) {
      places_.erase(order_.back());
      order_.pop_back();
    }
  }

 private:
  size_t entries_;
  std::list<size_t> order_;
  std::unordered_map<size_t, std::list<size_t>::iterator> places_;
};

TEST(CacheShard, KeepsAndReplaces) {
  CacheShard cache(1 << 20);
  EXPECT_EQ(cache.find(key_of(1)), nullptr);
  cache.insert(key_of(1), value_of(10, 'a'));
  cache.insert(key_of(2), value_of(10, 'b'));
  EXPECT_EQ(*cache.find(key_of(1)), std::string(10, 'a'));
  cache.insert(key_of(1), value_of(5, 'c'));
  EXPECT_EQ(*cache.peek(key_of(1)), std::string(5, 'c'));
  EXPECT_EQ(*cache.peek(key_of(2)), std::string(10, 'b'));
  EXPECT_EQ(cache.entries(), 2);
  cache.insert(key_of(3), value_of(1 << 20));  // too large to be worth what would go
  EXPECT_EQ(cache.find(key_of(3)), nullptr);
  EXPECT_EQ(cache.entries(), 2);
}

TEST(CacheShard, HitsClearlyMoreOftenThanLruOnZipf) {
  constexpr int64_t kBytes = 256 << 10;
  constexpr size_t kKeys = 100000;
  std::vector<CacheKey> keys;
  for (size_t i = 0; i < kKeys; ++i) keys.push_back(key_of(i));
  CacheShard cache(kBytes);
  Zipf trace(kKeys, 0.9);
  int64_t hits = 0, lru_hits = 0;
  const CachedValue value = value_of(100);
  // LRU gets as many entries as all the memory would hold without a sketch.
  cache.insert(keys[0], value);
  const int64_t sketch = CacheShard(kBytes).bytes();
  const int64_t entry = cache.bytes() - sketch;
  Lru lru(static_cast<size_t>(kBytes / entry));
  constexpr int kRequests = 400000;
  for (int i = 0; i < kRequests; ++i) {
    const size_t rank = trace.next();
    if (cache.find(keys[rank]) != nullptr) {
      ++hits;
    } else {
      cache.insert(keys[rank], value);
    }
    if (lru.find(rank)) {
      ++lru_hits;
    } else {
      lru.insert(rank);
    }
    ASSERT_LE(cache.bytes(), kBytes);
  }
  RecordProperty("w_tinylfu_percent", static_cast<int>(100 * hits / kRequests));
  RecordProperty("lru_percent", static_cast<int>(100 * lru_hits / kRequests));
  EXPECT_GT(hits, lru_hits * 5 / 4);
}

TEST(CacheShard, IsNotEmptiedByAScan) {
  CacheShard cache(128 << 10);
  for (int round = 0; round < 5; ++round) {
    for (uint64_t i = 0; i < 100; ++i) {
      if (cache.find(key_of(i)) == nullptr) cache.insert(key_of(i), value_of(100));
    }
  }
  for (uint64_t i = 1000; i < 21000; ++i) {
    if (cache.find(key_of(i)) == nullptr) cache.insert(key_of(i), value_of(100));
  }
  int64_t left = 0;
  for (uint64_t i = 0; i < 100; ++i) left += cache.peek(key_of(i)) != nullptr;
  EXPECT_GT(left, 90);
}

TEST(CacheShard, FollowsWhenOtherTextsBecomePopular) {
  CacheShard cache(128 << 10);
  for (const uint64_t first : {0, 1000}) {
    for (int round = 0; round < 300; ++round) {
      for (uint64_t i = first; i < first + 200; ++i) {
        if (cache.find(key_of(i)) == nullptr) cache.insert(key_of(i), value_of(100));
      }
    }
  }
  int64_t kept = 0;
  for (uint64_t i = 1000; i < 1200; ++i) kept += cache.peek(key_of(i)) != nullptr;
  EXPECT_GT(kept, 180);
}

// The estimate of what an entry costs is checked against malloc's own figures.
TEST(ResultCache, HoldsItsBoundInRealMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer has an allocator of its own";
#endif
  for (const size_t size : {10, 100, 3000}) {
    constexpr int64_t kBytes = 16 << 20;
    const auto before = ::mallinfo2().uordblks;
    ResultCache cache(kBytes);
    for (uint64_t i = 0; i < 200000; ++i) cache.insert(key_of(i), value_of(size));
    const auto used = static_cast<int64_t>(::mallinfo2().uordblks - before);
    // The cache estimates what malloc adds, and malloc counts chunks as used that it keeps for the
    // thread.
    EXPECT_LE(used, kBytes + kBytes / 50) << size;
    EXPECT_GE(used, kBytes * 6 / 10) << size;
    EXPECT_LE(cache.counters().bytes, kBytes);
  }
}

TEST(ResultCache, KeepsNothingInNoBytes) {
  ResultCache cache(0);
  cache.insert(key_of(1), value_of(1));
  EXPECT_EQ(cache.find(key_of(1)), nullptr);
  EXPECT_EQ(cache.counters().bytes, 0);
}

TEST(ResultCache, GivesTheRightValuesToManyThreads) {
  constexpr int64_t kBytes = 2 << 20;
  ResultCache cache(kBytes);
  std::vector<CacheKey> keys;
  for (uint64_t i = 0; i < 20000; ++i) keys.push_back(key_of(i));
  test::Callers callers;
  constexpr int kThreads = 8, kRounds = 20000;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    callers.start([&, thread] {
      std::mt19937_64 random(thread);
      for (int i = 0; i < kRounds; ++i) {
        const size_t number = random() % (random() % keys.size() + 1);
        if (const CachedValue value = cache.find(keys[number])) {
          ASSERT_EQ(*value, std::to_string(number));
        } else {
          cache.insert(keys[number], std::make_shared<const std::string>(std::to_string(number)));
        }
      }
    });
  }
  callers.join();
  const CacheCounters counters = cache.counters();
  EXPECT_EQ(counters.hits + counters.misses, kThreads * kRounds);
  EXPECT_GT(counters.hits, 0);
  EXPECT_GT(counters.evictions, 0);
  EXPECT_LE(counters.bytes, kBytes);
}

}  // namespace
}  // namespace jnlp
