#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "http/raw_client.h"
#include "http/server.h"

namespace jnlp::test {

/// How long a test waits for what a server should do soon.
inline constexpr std::chrono::seconds kLong{50};

/// Holds handlers back until the test opens it, and tells the test how many came.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  bool wait_for(int arrived) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return arrived_ >= arrived; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  int arrived() {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool is_open_ = false;
};

/// Waits up to a minute for something that another thread brings about.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// A server on a free port with a few routes:
/// GET /quick (quick), GET /hello, POST /echo (the body back), GET /v2/models/{name} (the name),
/// GET /gate (waits for `gate`), GET /error/{kind} (throws).
class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override { gate.open(); }

  void start() {
    add_routes();
    server = std::make_unique<http::Server>(options, std::move(router));
    server->start();
  }
  RawClient connect() const { return RawClient(server->port()); }
  /// The answer to one request on a connection of its own.
  RawAnswer ask(const std::string& bytes) const {
    RawClient client = connect();
    client.send(bytes);
    return client.read_answer();
  }

  http::ServerOptions options;
  http::Router router;
  Gate gate;
  std::unique_ptr<http::Server> server;  // goes first, while the gate is still there

 private:
  void add_routes();
};

}  // namespace jnlp::test
