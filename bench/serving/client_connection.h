#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <string>

namespace jnlp {

/// An HTTP/1.1 connection of a client that never waits: a request, then its answer, then the next.
/// It is registered with an epoll, whose events carry `tag`.
class ClientConnection {
 public:
  enum class Outcome {
    waiting,   ///< for more
    answered,  ///< answer() is whole
    broken,    ///< the request on its way has no answer and never will
  };
  struct Answer {
    int status = 0;
    int retry_after_s = -1;  ///< -1: the header was not there
  };

  /// With `is_fresh` each request has a connection of its own.
  ClientConnection(int epoll, const sockaddr_in& server, bool is_fresh, void* tag)
      : epoll_(epoll), server_(server), is_fresh_(is_fresh), tag_(tag) {}
  ~ClientConnection() { close(); }
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  /// Opens the connection if it is not open. Only when nothing is on its way.
  Outcome send(std::string request);
  /// What has happened, when epoll says that something has.
  Outcome on_event();
  const Answer& answer() const { return answer_; }

 private:
  bool open();
  bool write();
  bool read();
  Outcome parse();
  Outcome fail();
  void close();

  const int epoll_;
  const sockaddr_in server_;
  const bool is_fresh_;
  void* const tag_;
  int socket_ = -1;
  std::string out_, in_;
  size_t written_ = 0;
  bool is_busy_ = false;
  Answer answer_;
};

}  // namespace jnlp
