#include "serve/redis_cache.h"

#include <algorithm>
#include <exception>

#include "serve/redis_connection.h"

namespace jnlp {
namespace {

// The number is raised when keys or values change their meaning: then servers of two versions can
// share a Redis.
std::string redis_key(const CacheKey& key) {
  return "jetson-nlp:1:" + key.hex();
}

constexpr size_t kMostSetsTogether = 64;

}  // namespace

RedisCache::RedisCache(RedisUrl url, const RedisOptions& options)
    : url_(std::move(url)), options_(options), thread_([this] { work(); }) {}

RedisCache::~RedisCache() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

CachedValue RedisCache::find(const CacheKey& key) noexcept {
  uint64_t epoch = 0;
  try {
    Connection connection = take(epoch);
    if (connection == nullptr) return nullptr;
    std::optional<std::string> value = connection->get(redis_key(key));
    give_back(std::move(connection), epoch);
    const std::lock_guard lock(mutex_);
    ++(value ? counters_.hits : counters_.misses);
    return value ? std::make_shared<const std::string>(std::move(*value)) : nullptr;
  } catch (const std::exception&) {
    break_circuit(epoch);
    return nullptr;
  }
}

void RedisCache::insert(const CacheKey& key, CachedValue value) noexcept {
  const auto bytes = static_cast<int64_t>(value->size());
  {
    const std::lock_guard lock(mutex_);
    try {
      if (!available_ || pending_bytes_ + bytes > options_.max_pending_bytes) {
        ++counters_.unwritten;
        return;
      }
      pending_.emplace_back(key, std::move(value));
      pending_bytes_ += bytes;
    } catch (const std::bad_alloc&) {
      ++counters_.unwritten;
      return;
    }
  }
  wake_.notify_one();
}

RedisCounters RedisCache::counters() const {
  const std::lock_guard lock(mutex_);
  RedisCounters counters = counters_;
  counters.available = available_;
  return counters;
}

RedisCache::Connection RedisCache::take(uint64_t& epoch) {
  const std::lock_guard lock(mutex_);
  epoch = epoch_;
  if (!available_ || idle_.empty()) {
    ++counters_.bypassed;
    return nullptr;
  }
  Connection connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void RedisCache::give_back(Connection connection, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (epoch == epoch_) idle_.push_back(std::move(connection));
}

void RedisCache::break_circuit(uint64_t epoch) {
  {
    const std::lock_guard lock(mutex_);
    ++counters_.failures;
    if (epoch != epoch_) return;  // somebody else's failure came first
    ++epoch_;
    available_ = false;
    idle_.clear();
    counters_.unwritten += static_cast<int64_t>(pending_.size());
    pending_.clear();
    pending_bytes_ = 0;
  }
  wake_.notify_one();
}

void RedisCache::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!available_) {
      connect(lock);
      if (!available_) {
        wake_.wait_for(lock, options_.probe_interval, [&] { return stopping_; });
      }
    } else if (!pending_.empty()) {
      write_pending(lock);
    } else {
      wake_.wait(lock, [&] { return stopping_ || !available_ || !pending_.empty(); });
    }
  }
}

// The circuit is closed again only when all connections have answered.
void RedisCache::connect(std::unique_lock<std::mutex>& lock) {
  writer_.reset();
  lock.unlock();
  Connection writer;
  std::vector<Connection> readers;
  try {
    writer = open();
    for (int i = 0; i < std::max(options_.connections, 1); ++i) readers.push_back(open());
  } catch (const std::exception&) {
    readers.clear();
  }
  lock.lock();
  if (readers.empty()) return;
  writer_ = std::move(writer);
  idle_ = std::move(readers);
  available_ = true;
}

void RedisCache::write_pending(std::unique_lock<std::mutex>& lock) {
  Pending now;
  for (; !pending_.empty() && now.size() < kMostSetsTogether; pending_.pop_front()) {
    pending_bytes_ -= static_cast<int64_t>(pending_.front().second->size());
    now.push_back(std::move(pending_.front()));
  }
  const uint64_t epoch = epoch_;
  lock.unlock();
  int refused = 0;
  bool failed = false;
  try {
    for (const auto& [key, value] : now) writer_->add_set(redis_key(key), *value, options_.ttl);
    refused = writer_->finish_sets();
  } catch (const std::exception&) {
    failed = true;
    break_circuit(epoch);
  }
  lock.lock();
  const auto count = static_cast<int64_t>(now.size());
  counters_.unwritten += failed ? count : refused;
  counters_.written += failed ? 0 : count - refused;
}

RedisCache::Connection RedisCache::open() const {
  return std::make_unique<RedisConnection>(url_, options_.connect_timeout,
                                           options_.command_timeout);
}

}  // namespace jnlp
