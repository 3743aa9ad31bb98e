#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "http/io_thread.h"

namespace jnlp::http {

/// Accepts connections on one thread and hands them out to several in turn.
class Listener {
 public:
  /// Gets each new connection, on its I/O thread.
  using OnSocket = std::function<void(Socket, IoThread*)>;

  /// Binds and listens; accepts from start() on.
  /// @throws Error io that names the address and what to do.
  Listener(const std::string& host, int port, std::vector<IoThread*> threads, OnSocket on_socket);

  int port() const { return port_; }
  /// Before the threads run.
  void start() { accept(); }
  /// Hands out those who are connected already, as they may have sent a request, and then refuses.
  /// Returns at once; from any thread, while the I/O threads run.
  void close();
  bool is_closed() const { return is_closed_; }

 private:
  void bind(const std::string& host, int port);
  void accept();
  void accept_later();
  void take_those_connected();
  void hand_out(Socket socket, IoThread* thread);

  const std::vector<IoThread*> threads_;
  const OnSocket on_socket_;
  Acceptor acceptor_;
  Timer timer_;
  size_t next_ = 0;
  int port_ = 0;
  std::atomic<bool> is_closed_{false};
};

}  // namespace jnlp::http
