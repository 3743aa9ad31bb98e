#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "serve/redis_url.h"

struct redisContext;

namespace jnlp {

/// One connection to a Redis server; after an Error it is of no use any more. One thread at a time.
class RedisConnection {
 public:
  /// Connects, logs in, selects the database and has a PING answered.
  /// @throws Error io, also when that takes too long; a name is resolved without a limit of time.
  RedisConnection(const RedisUrl& url, std::chrono::milliseconds connect_timeout,
                  std::chrono::milliseconds command_timeout);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// @throws Error io.
  std::optional<std::string> get(const std::string& key);

  /// Gathers a SET; nothing is sent before finish_sets().
  void add_set(const std::string& key, std::string_view value, std::chrono::milliseconds ttl);
  /// Sends what was gathered and says how many of them Redis refused (for want of memory).
  /// @throws Error io.
  int finish_sets();

 private:
  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
  int sets_ = 0;
};

}  // namespace jnlp
