#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

namespace jnlp::test {
namespace {

// Reads requests from one connection.
class RequestReader {
 public:
  explicit RequestReader(int descriptor) : descriptor_(descriptor) {}

  /// Nothing at the end of the connection.
  std::optional<ServedRequest> next() {
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return std::nullopt;
    }
    ServedRequest request = parse_head(buffer_.substr(0, end));
    buffer_.erase(0, end + 4);
    const auto length = request.headers.find("content-length");
    const size_t wanted = length == request.headers.end() ? 0 : std::stoul(length->second);
    while (buffer_.size() < wanted) {
      if (!fill()) return std::nullopt;
    }
    request.body = buffer_.substr(0, wanted);
    buffer_.erase(0, wanted);
    return request;
  }

 private:
  bool fill() {
    char bytes[65536];
    const ssize_t got = ::recv(descriptor_, bytes, sizeof bytes, 0);
    if (got > 0) buffer_.append(bytes, static_cast<size_t>(got));
    return got > 0;
  }

  static ServedRequest parse_head(const std::string& head) {
    ServedRequest request;
    size_t begin = head.find("\r\n");
    const std::string first = head.substr(0, begin);
    const size_t space = first.find(' ');
    request.method = first.substr(0, space);
    request.path = first.substr(space + 1, first.rfind(' ') - space - 1);
    while (begin != std::string::npos) {
      begin += 2;
      const size_t end = head.find("\r\n", begin);
      const std::string line = head.substr(begin, end - begin);
      const size_t colon = line.find(':');
      std::string name = line.substr(0, colon);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      request.headers[name] = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
      begin = end;
    }
    return request;
  }

  int descriptor_;
  std::string buffer_;
};

std::string head_of(int status, std::string_view content_type) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Status\r\nContent-Type: " + std::string(content_type) + "\r\n";
}

}  // namespace

void Reply::raw(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the client went away
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void Reply::send(int status, std::string_view content_type, std::string_view body) {
  raw(head_of(status, content_type) + "Content-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + std::string(body));
}

void Reply::begin(int status, std::string_view content_type) {
  raw(head_of(status, content_type) + "Transfer-Encoding: chunked\r\n\r\n");
}

void Reply::piece(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  if (!bytes.empty()) raw(std::string(size) + std::string(bytes) + "\r\n");
}

void Reply::end() {
  raw("0\r\n\r\n");
}

struct HttpServer::State {
  Handler handler;
  int listener = -1;
  int port = 0;
  std::atomic<bool> stopping = false;
  std::thread acceptor;
  mutable std::mutex mutex;
  std::vector<ServedRequest> requests;
  std::set<int> open;
  std::vector<std::thread> connections;

  void accept_all() {
    for (;;) {
      const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const std::lock_guard lock(mutex);
      if (stopping) {
        ::close(descriptor);
        return;
      }
      open.insert(descriptor);
      connections.emplace_back([this, descriptor] { serve(descriptor); });
    }
  }

  void serve(int descriptor) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    RequestReader reader(descriptor);
    while (const auto request = reader.next()) {
      {
        const std::lock_guard lock(mutex);
        requests.push_back(*request);
      }
      Reply reply(descriptor);
      handler(*request, reply);
      if (reply.is_cut()) break;
    }
    const std::lock_guard lock(mutex);
    open.erase(descriptor);
    ::close(descriptor);
  }
};

HttpServer::HttpServer(Handler handler) : state_(std::make_unique<State>()) {
  // A proxy of the machine the tests run on has no part in them.
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  state_->handler = std::move(handler);
  state_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(state_->listener, generic, size) != 0 || ::listen(state_->listener, 16) != 0 ||
      ::getsockname(state_->listener, generic, &size) != 0) {
    throw std::runtime_error("the test's server cannot listen");
  }
  state_->port = ntohs(address.sin_port);
  state_->acceptor = std::thread([state = state_.get()] { state->accept_all(); });
}

HttpServer::~HttpServer() {
  state_->stopping = true;
  ::shutdown(state_->listener, SHUT_RDWR);
  state_->acceptor.join();
  ::close(state_->listener);
  {
    const std::lock_guard lock(state_->mutex);
    for (const int descriptor : state_->open) ::shutdown(descriptor, SHUT_RDWR);
  }
  for (std::thread& connection : state_->connections) connection.join();
}

std::string HttpServer::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->port);
}

int HttpServer::port() const {
  return state_->port;
}

std::vector<ServedRequest> HttpServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

}  // namespace jnlp::test
