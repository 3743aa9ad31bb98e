#include "http/web_socket_channel.h"

namespace jnlp::http {

bool WebSocketChannel::send(std::string_view message, bool is_binary) {
  std::unique_lock lock(mutex_);
  // One message larger than the bound may go alone.
  room_.wait(lock, [&] {
    return link_ == nullptr || close_ || bytes_ == 0 || bytes_ + message.size() <= max_bytes_;
  });
  if (link_ == nullptr || close_) return false;
  bytes_ += message.size();
  queue_.push_back({std::string(message), is_binary});
  wake();
  return true;
}

void WebSocketChannel::close(int code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (close_) return;
  constexpr size_t kMaxReason = 123;  // of a control frame's 125 bytes
  close_ = Close{code, std::string(reason.substr(0, kMaxReason))};
  room_.notify_all();
  wake();
}

bool WebSocketChannel::is_open() const {
  const std::lock_guard lock(mutex_);
  return link_ != nullptr && !close_;
}

void WebSocketChannel::begin_call() {
  const std::lock_guard lock(mutex_);
  is_calling_ = true;
}

void WebSocketChannel::end_call(bool failed) {
  if (failed) close(1011, "internal error");
  std::function<void()> last_call;
  {
    const std::lock_guard lock(mutex_);
    is_calling_ = false;
    has_returned_ = true;
    last_call.swap(last_call_);
    wake();
  }
  if (last_call) last_call();
}

bool WebSocketChannel::call_last(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  if (is_calling_) last_call_ = std::move(call);
  return is_calling_;
}

void WebSocketChannel::attach(Link* link) {
  const std::lock_guard lock(mutex_);
  link_ = link;
}

void WebSocketChannel::detach() {
  const std::lock_guard lock(mutex_);
  link_ = nullptr;
  queue_.clear();
  room_.notify_all();
}

std::optional<WebSocketChannel::Message> WebSocketChannel::next() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  Message message = std::move(queue_.front());
  queue_.pop_front();
  return message;
}

void WebSocketChannel::sent(size_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_ -= bytes;
  room_.notify_all();
}

std::optional<WebSocketChannel::Close> WebSocketChannel::close_wanted() const {
  const std::lock_guard lock(mutex_);
  return close_;
}

bool WebSocketChannel::take_returned() {
  const std::lock_guard lock(mutex_);
  return std::exchange(has_returned_, false);
}

// With the lock held.
void WebSocketChannel::wake() {
  if (link_ != nullptr) link_->wake();
}

}  // namespace jnlp::http
