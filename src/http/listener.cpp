#include "http/listener.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "base/error.h"

namespace jnlp::http {
namespace {

constexpr int kBacklog = 4096;  // the system cuts it to its own bound
constexpr std::chrono::milliseconds kPauseAfterFailure{100};

std::string advice_for(const error_code& failed) {
  if (failed == asio::error::address_in_use) {
    return "another program listens there; stop it or choose another port";
  }
  if (failed == asio::error::access_denied) {
    return "ports below 1024 need root or CAP_NET_BIND_SERVICE; choose a higher one";
  }
  if (failed == boost::system::errc::address_not_available) {
    return "this machine does not have that address";
  }
  return "check host and port";
}

[[noreturn]] void fail(const std::string& host, int port, const error_code& failed) {
  throw Error(ErrorCode::io, fmt::format("cannot listen on {}:{}: {}; {}", host, port,
                                         failed.message(), advice_for(failed)));
}

}  // namespace

Listener::Listener(const std::string& host, int port, std::vector<IoThread*> threads,
                   OnSocket on_socket)
    : threads_(std::move(threads)),
      on_socket_(std::move(on_socket)),
      acceptor_(threads_.front()->context()),
      timer_(threads_.front()->context()) {
  bind(host, port);
}

void Listener::bind(const std::string& host, int port) {
  if (port < 0 || port > 65535) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} is no port: 0 to 65535", port));
  }
  error_code failed;
  Tcp::resolver resolver(threads_.front()->context());
  const auto found = resolver.resolve(host, std::to_string(port), Tcp::resolver::passive, failed);
  if (failed) fail(host, port, failed);
  for (const auto& entry : found) {
    const Tcp::endpoint endpoint = entry.endpoint();
    error_code ignored;
    acceptor_.close(ignored);
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(Acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(kBacklog, failed);
    if (failed) continue;
    port_ = acceptor_.local_endpoint().port();
    return;
  }
  fail(host, port, failed);
}

void Listener::accept() {
  IoThread* thread = threads_[next_++ % threads_.size()];
  acceptor_.async_accept(thread->context(),
                         [this, thread](const error_code& failed, Socket socket) {
                           if (!failed) hand_out(std::move(socket), thread);
                           if (!acceptor_.is_open()) return;
                           return failed ? accept_later() : accept();
                         });
}

void Listener::hand_out(Socket socket, IoThread* thread) {
  if (thread == threads_.front()) return on_socket_(std::move(socket), thread);
  auto moved = std::make_shared<Socket>(std::move(socket));
  asio::post(thread->context(), [this, thread, moved] { on_socket_(std::move(*moved), thread); });
}

// No file descriptors left, for example: the queue of the system holds the clients meanwhile.
void Listener::accept_later() {
  timer_.expires_after(kPauseAfterFailure);
  timer_.async_wait([this](const error_code& failed) {
    if (!failed && acceptor_.is_open()) accept();
  });
}

void Listener::close() {
  asio::post(threads_.front()->context(), [this] {
    error_code ignored;
    take_those_connected();
    acceptor_.close(ignored);
    is_closed_ = true;
  });
}

void Listener::take_those_connected() {
  error_code failed;
  acceptor_.non_blocking(true, failed);
  for (int i = 0; i < kBacklog && !failed; ++i) {
    IoThread* thread = threads_[next_++ % threads_.size()];
    Socket socket = acceptor_.accept(thread->context(), failed);
    if (!failed) hand_out(std::move(socket), thread);
  }
}

}  // namespace jnlp::http
