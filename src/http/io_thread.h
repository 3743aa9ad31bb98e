#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <list>
#include <memory>
#include <optional>
#include <thread>

#include "http/asio_types.h"
#include "http/request.h"

namespace jnlp::http {

/// A connection or WebSocket, as its I/O thread sees it.
class IoClient {
 public:
  virtual ~IoClient() = default;
  /// Called ten times a second: ends what waited too long.
  virtual void tick(Clock::time_point now) = 0;
  /// No new work; close when idle.
  virtual void drain() = 0;
  /// Close now.
  virtual void cut() = 0;
};

/// One thread that reads and writes for its connections; all calls into a connection come on it,
/// so connections need no locks.
class IoThread {
 public:
  using Clients = std::list<std::shared_ptr<IoClient>>;

  IoThread();
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void start();
  /// Cuts all connections, from any thread.
  void cut();
  /// Cuts all connections and ends the thread. start() cannot follow.
  void stop();

  asio::io_context& context() { return context_; }
  /// Only on the thread itself:
  Clients::iterator add(std::shared_ptr<IoClient> client);
  void remove(Clients::iterator client) { clients_.erase(client); }
  size_t clients() const { return clients_.size(); }
  /// Sleeps for the shortest `time` that it was told, at most 2 ms, once what has arrived is
  /// answered. For times of overload: each waking takes a processor, and what is in its caches,
  /// from those who compute; what arrives meanwhile is handled in one go.
  void rest(Clock::duration time);
  /// From any thread.
  void drain();
  /// What plain connections read into: none of them keeps bytes here across calls, so thousands of
  /// idle ones need no buffer.
  std::array<char, size_t{64} << 10>& buffer() { return buffer_; }

 private:
  void rest_after(int rounds);
  void schedule_tick();
  template <class Function>
  void for_each_client(Function function);

  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_;
  Timer timer_;
  Clients clients_;
  std::optional<Clock::duration> rest_;  // that is to come
  std::array<char, size_t{64} << 10> buffer_;
  std::thread thread_;
};

}  // namespace jnlp::http
