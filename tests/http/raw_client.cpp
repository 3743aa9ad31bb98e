#include "http/raw_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace jnlp::test {
namespace {

constexpr std::chrono::milliseconds kPatience{60'000};

}  // namespace

RawClient::RawClient(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}

RawClient::~RawClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawClient::fill(std::chrono::milliseconds time) {
  pollfd poller{descriptor_, POLLIN, 0};
  if (::poll(&poller, 1, static_cast<int>(time.count())) != 1) return false;
  char bytes[65536];
  const ssize_t got = ::recv(descriptor_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::string RawClient::read_bytes(size_t size) {
  while (buffer_.size() < size && fill(kPatience)) {
  }
  std::string out = buffer_.substr(0, size);
  buffer_.erase(0, out.size());
  return out;
}

std::string RawClient::read_until(std::string_view mark) {
  size_t found = 0;
  while ((found = buffer_.find(mark)) == std::string::npos && fill(kPatience)) {
  }
  return read_bytes(found == std::string::npos ? buffer_.size() : found + mark.size());
}

std::string RawClient::read_to_end() {
  while (fill(kPatience)) {
  }
  return std::exchange(buffer_, "");
}

bool RawClient::is_closed_within(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (fill(time)) {
  }
  return std::chrono::steady_clock::now() < end;
}

void RawClient::close_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(descriptor_);
  descriptor_ = -1;
}

RawAnswer RawClient::read_answer(bool is_head) {
  RawAnswer answer;
  const std::string head = read_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 ")) return answer;
  answer.status = std::stoi(head.substr(9, 3));
  for (size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const size_t end = head.find("\r\n", at);
    const size_t colon = head.find(": ", at);
    std::string name = head.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer.headers[name] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  if (is_head) return answer;
  if (answer.header("transfer-encoding") == "chunked") {
    while (true) {
      const std::string line = read_until("\r\n");
      const size_t size = line.empty() ? 0 : std::stoul(line, nullptr, 16);
      answer.body += read_bytes(size);
      if (read_bytes(2) != "\r\n" || size == 0) break;
    }
  } else if (!answer.header("content-length").empty()) {
    answer.body = read_bytes(std::stoul(answer.header("content-length")));
  }
  return answer;
}

std::string get(std::string_view target, std::string_view more_headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more_headers) +
         "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view headers) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace jnlp::test
