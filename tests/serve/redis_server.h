#pragma once

#include <sys/types.h>

#include <string>

namespace jnlp::test {

/// A real redis-server on a free port of this machine, without persistence.
class RedisServer {
 public:
  /// Whether there is a redis-server on PATH.
  static bool is_installed();

  explicit RedisServer(std::string password = "");
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  /// With the password.
  std::string url() const;
  void kill();
  /// On the same port, empty. @throws std::runtime_error when it does not come up.
  void start();
  void freeze() const;
  void thaw() const;

 private:
  std::string password_;
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace jnlp::test
