#include "client_connection.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// Of a head in lower case.
std::optional<int64_t> number_after(std::string_view head, std::string_view name) {
  const size_t at = head.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  size_t begin = at + name.size();
  while (begin < head.size() && head[begin] == ' ') ++begin;
  int64_t number = 0;
  const auto read = std::from_chars(head.data() + begin, head.data() + head.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

ClientConnection::Outcome ClientConnection::send(std::string request) {
  out_ = std::move(request);
  in_.clear();
  written_ = 0;
  is_busy_ = true;
  if (socket_ < 0 && !open()) return fail();
  return write() ? Outcome::waiting : fail();
}

ClientConnection::Outcome ClientConnection::on_event() {
  if (socket_ < 0) return Outcome::waiting;
  if (!is_busy_) {
    if (!read()) close();  // the server ended a connection that was idle
    return Outcome::waiting;
  }
  if (!write()) return fail();
  const bool is_open = read();
  const Outcome outcome = parse();
  if (outcome != Outcome::waiting) return outcome;
  return is_open ? Outcome::waiting : fail();
}

bool ClientConnection::open() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw Error(ErrorCode::io, "no more sockets; raise the limit (ulimit -n)");
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = tag_;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
  const int failed = connect(socket_, reinterpret_cast<const sockaddr*>(&server_), sizeof server_);
  return failed == 0 || errno == EINPROGRESS;
}

bool ClientConnection::write() {
  while (written_ < out_.size()) {
    const ssize_t size =
        ::send(socket_, out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    written_ += static_cast<size_t>(size);
  }
  return true;
}

// False when the server has closed its end.
bool ClientConnection::read() {
  std::array<char, size_t{16} << 10> buffer;
  for (;;) {
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
    if (size > 0) {
      in_.append(buffer.data(), static_cast<size_t>(size));
    } else if (size == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
}

ClientConnection::Outcome ClientConnection::parse() {
  const size_t end = in_.find(kHeadEnd);
  if (end == std::string::npos) return Outcome::waiting;
  const std::string head = lower(std::string_view(in_).substr(0, end));
  const auto length = number_after(head, "\r\ncontent-length:");
  const auto status = number_after(head, "http/1.1");
  if (!length || !status) throw Error(ErrorCode::invalid_input, "not understood: " + head);
  if (in_.size() < end + kHeadEnd.size() + static_cast<size_t>(*length)) return Outcome::waiting;
  answer_.status = static_cast<int>(*status);
  answer_.retry_after_s =
      static_cast<int>(number_after(head, "\r\nretry-after:").value_or(int64_t{-1}));
  is_busy_ = false;
  const bool is_last = head.find("\r\nconnection: close") != std::string::npos;
  if (is_fresh_ || is_last) close();
  return Outcome::answered;
}

ClientConnection::Outcome ClientConnection::fail() {
  is_busy_ = false;
  close();
  return Outcome::broken;
}

void ClientConnection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

}  // namespace jnlp
