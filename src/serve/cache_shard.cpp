#include "serve/cache_shard.h"

#include <algorithm>
#include <utility>

namespace jnlp {
namespace {

// By which the sketch is sized: a label with its score and what is counted with it.
constexpr int64_t kTypicalEntry = 256;
// malloc's header and rounding, of each of: node of the table, control block and string,
// characters.
constexpr int64_t kMallocBytes = 16;
// Of the table: the node's link and cached hash, and up to two buckets an entry after it has grown.
constexpr int64_t kTableBytes = 4 * sizeof(void*);
constexpr int64_t kControlBlockBytes = 16;

}  // namespace

CacheShard::CacheShard(int64_t bytes)
    : sketch_(bytes / kTypicalEntry),
      own_bytes_(sketch_.bytes()),
      window_limit_(std::max<int64_t>((bytes - own_bytes_) / 100, 0)),
      main_limit_(std::max<int64_t>(bytes - own_bytes_ - window_limit_, 0)),
      protected_limit_(main_limit_ * 4 / 5) {}

CachedValue CacheShard::find(const CacheKey& key) {
  sketch_.add(key.low);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  use(found->second);
  return found->second.value;
}

CachedValue CacheShard::peek(const CacheKey& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.value;
}

void CacheShard::insert(const CacheKey& key, CachedValue value) {
  const int64_t bytes = bytes_of(*value);
  if (const auto found = entries_.find(key); found != entries_.end()) evict(found->second);
  if (bytes > (window_limit_ + main_limit_) / 8) return;
  Entry& entry = entries_[key];
  entry.key = key;
  entry.value = std::move(value);
  entry.bytes = bytes;
  link(window_, entry);
  shrink_window();
}

int64_t CacheShard::bytes_of(const std::string& value) {
  const auto characters = static_cast<int64_t>(value.capacity());
  const bool inside_string = characters < static_cast<int64_t>(sizeof(std::string)) / 2;
  return static_cast<int64_t>(sizeof(Entry) + sizeof(CacheKey) + sizeof(std::string)) +
         kTableBytes + kControlBlockBytes + 2 * kMallocBytes +
         (inside_string ? 0 : characters + 1 + kMallocBytes);
}

void CacheShard::link(Segment& segment, Entry& entry) {
  entry.segment = &segment;
  entry.newer = nullptr;
  entry.older = segment.newest;
  (segment.newest != nullptr ? segment.newest->newer : segment.oldest) = &entry;
  segment.newest = &entry;
  segment.bytes += entry.bytes;
}

void CacheShard::unlink(Entry& entry) {
  Segment& segment = *entry.segment;
  (entry.newer != nullptr ? entry.newer->older : segment.newest) = entry.older;
  (entry.older != nullptr ? entry.older->newer : segment.oldest) = entry.newer;
  segment.bytes -= entry.bytes;
}

void CacheShard::use(Entry& entry) {
  Segment& segment = entry.segment == &window_ ? window_ : protected_;
  unlink(entry);
  link(segment, entry);
  while (protected_.bytes > protected_limit_) {
    Entry& oldest = *protected_.oldest;
    unlink(oldest);
    link(probation_, oldest);
  }
}

void CacheShard::shrink_window() {
  while (window_.bytes > window_limit_) {
    Entry& oldest = *window_.oldest;
    unlink(oldest);
    admit(oldest);
  }
}

// Takes an entry that is in no segment into the main part, or drops it.
void CacheShard::admit(Entry& candidate) {
  const int frequency = sketch_.estimate(candidate.key.low);
  while (probation_.bytes + protected_.bytes + candidate.bytes > main_limit_) {
    Entry* const rival = victim();
    // Of equals the one stays that is there.
    if (rival == nullptr || sketch_.estimate(rival->key.low) >= frequency) {
      link(probation_, candidate);
      evict(candidate);
      return;
    }
    evict(*rival);
  }
  link(probation_, candidate);
}

CacheShard::Entry* CacheShard::victim() const {
  return probation_.oldest != nullptr ? probation_.oldest : protected_.oldest;
}

void CacheShard::evict(Entry& entry) {
  unlink(entry);
  ++evictions_;
  entries_.erase(CacheKey(entry.key));
}

}  // namespace jnlp
