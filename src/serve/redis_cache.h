#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "serve/cache_shard.h"
#include "serve/redis_url.h"

namespace jnlp {

class RedisConnection;

struct RedisOptions {
  std::chrono::milliseconds command_timeout{5};   ///< the most that a request can lose
  std::chrono::milliseconds connect_timeout{50};  ///< no request waits for it
  std::chrono::milliseconds probe_interval{250};  ///< between attempts to come back
  std::chrono::milliseconds ttl{0};               ///< of what is written; 0: for ever
  int connections = 4;                            ///< for reading
  int64_t max_pending_bytes = 8 << 20;            ///< of values waiting to be written
};

struct RedisCounters {
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t failures = 0;  ///< reads and writes that broke the circuit
  int64_t bypassed = 0;  ///< reads that were not tried: Redis is away, or all connections are busy
  int64_t written = 0;
  int64_t unwritten = 0;  ///< values that were dropped or that Redis refused
  bool available = false;
};

/// Results shared by several servers through Redis. A request loses at most command_timeout to it,
/// once: the first failure breaks the circuit, and from then on Redis is bypassed until a thread in
/// the background has made all connections anew. So requests never connect either, and a server
/// starts with Redis away. Values are written by that thread; what it cannot write is dropped.
/// No TLS (see RedisUrl). What Redis holds is trusted: whoever can write there can forge results.
/// find() and insert() may be called from many threads and never throw.
class RedisCache {
 public:
  /// Does not wait for Redis.
  explicit RedisCache(RedisUrl url, const RedisOptions& options = {});
  /// Drops what is not yet written.
  ~RedisCache();
  RedisCache(const RedisCache&) = delete;
  RedisCache& operator=(const RedisCache&) = delete;

  /// Null when it is not there or Redis is bypassed.
  CachedValue find(const CacheKey& key) noexcept;
  void insert(const CacheKey& key, CachedValue value) noexcept;

  RedisCounters counters() const;

 private:
  using Connection = std::unique_ptr<RedisConnection>;
  using Pending = std::deque<std::pair<CacheKey, CachedValue>>;

  Connection take(uint64_t& epoch);
  void give_back(Connection connection, uint64_t epoch);
  void break_circuit(uint64_t epoch);

  void work();
  void connect(std::unique_lock<std::mutex>& lock);
  void write_pending(std::unique_lock<std::mutex>& lock);
  Connection open() const;

  const RedisUrl url_;
  const RedisOptions options_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::vector<Connection> idle_;
  Connection writer_;   // used by the thread alone
  uint64_t epoch_ = 0;  // raised when the circuit breaks: connections from before are dropped
  Pending pending_;
  int64_t pending_bytes_ = 0;
  RedisCounters counters_;
  bool stopping_ = false;
  bool available_ = false;
  std::thread thread_;
};

}  // namespace jnlp
