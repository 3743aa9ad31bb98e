#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "http/exchange.h"
#include "http/web_socket.h"

namespace jnlp::http {

/// What a WebSocket's handler (any thread) and its session (its I/O thread) share.
class WebSocketChannel final : public WebSocket {
 public:
  explicit WebSocketChannel(size_t max_bytes) : max_bytes_(max_bytes) {}

  bool send(std::string_view message, bool is_binary) override;
  void close(int code, std::string_view reason) override;
  bool is_open() const override;

  // For the session.
  /// Around each call of the handler; `failed`: it threw. The end runs what call_last() left.
  void begin_call();
  void end_call(bool failed);
  /// Has `call` run behind the running call; false when none is running.
  bool call_last(std::function<void()> call);
  struct Message {
    std::string text;
    bool is_binary = false;
  };
  struct Close {
    int code = 1000;
    std::string reason;
  };
  void attach(Link* link);
  void detach();
  std::optional<Message> next();
  void sent(size_t bytes);
  std::optional<Close> close_wanted() const;
  /// Whether a call has returned since the last question.
  bool take_returned();

 private:
  void wake();

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  Link* link_ = nullptr;
  std::deque<Message> queue_;
  size_t bytes_ = 0;  // queued or being sent
  std::optional<Close> close_;
  bool is_calling_ = false;
  bool has_returned_ = false;
  std::function<void()> last_call_;
};

}  // namespace jnlp::http
