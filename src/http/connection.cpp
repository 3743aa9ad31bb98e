#include "http/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>

#include "http/admission.h"
#include "http/response_head.h"
#include "http/router.h"
#include "http/serve.h"
#include "http/web_socket_session.h"

namespace jnlp::http {
namespace {

constexpr size_t kMaxPending = size_t{64} << 10;  // of pipelined requests; the rest waits in TCP
constexpr uint64_t kMaxTurn = uint64_t{1} << 20;  // bytes written before others get a turn
constexpr std::chrono::seconds kLingerTime{2};
constexpr uint64_t kSlowestBodyBytesPerSecond = 16 << 10;
constexpr int kClientWent = 499;  // nginx's number, for logs
constexpr const char* kInterim = "HTTP/1.1 100 Continue\r\n\r\n";

std::string address_of(Socket& socket) {
  error_code failed;
  const auto endpoint = socket.remote_endpoint(failed);
  return failed ? "" : endpoint.address().to_string();
}

}  // namespace

Connection::Connection(AnyStream stream, IoThread* io, std::shared_ptr<Context> context,
                       bool quick_only)
    : stream_(std::move(stream)),
      io_(io),
      context_(std::move(context)),
      quick_only_(quick_only),
      remote_(address_of(stream_.socket())),
      parser_({context_->options.max_header_bytes, context_->options.max_body_bytes}) {}

void Connection::start() {
  place_ = io_->add(shared_from_this());
  error_code ignored;
  stream_.socket().set_option(Tcp::no_delay(true), ignored);
  stream_.socket().non_blocking(true, ignored);
  if (!stream_.is_tls()) {
    be_idle();
    read();
    return;
  }
  phase_ = Phase::handshake;
  deadline_ = Clock::now() + context_->options.header_timeout;
  tls_buffer_ = std::make_unique<std::array<char, size_t{16} << 10>>();
  stream_.tls().async_handshake(asio::ssl::stream_base::server,
                                [self = shared_from_this()](const error_code& failed) {
                                  if (self->phase_ == Phase::closed) return;
                                  if (failed) return self->cut();
                                  self->be_idle();
                                  self->read();
                                });
}

// --- reading ---

void Connection::read() {
  if (is_reading_ || peer_closed_ || phase_ == Phase::closed) return;
  if (phase_ == Phase::running && pending_.size() >= kMaxPending) return;
  is_reading_ = true;
  if (stream_.is_tls()) {
    stream_.async_read_some(asio::buffer(*tls_buffer_),
                            [self = shared_from_this()](const error_code& failed, size_t size) {
                              self->on_read(failed, {self->tls_buffer_->data(), size});
                            });
  } else {
    stream_.socket().async_wait(
        Socket::wait_read,
        [self = shared_from_this()](const error_code& failed) { self->on_readable(failed); });
  }
}

void Connection::on_readable(error_code failed) {
  size_t size = 0;
  if (phase_ == Phase::closed) return;
  auto& buffer = io_->buffer();
  if (!failed) size = stream_.socket().read_some(asio::buffer(buffer), failed);
  if (failed == asio::error::would_block) {
    is_reading_ = false;
    return read();
  }
  on_read(failed, {buffer.data(), size});
}

void Connection::on_read(const error_code& failed, std::string_view bytes) {
  is_reading_ = false;
  if (phase_ == Phase::closed) return;
  if (failed) {
    return on_end(failed == asio::error::eof || failed == asio::ssl::error::stream_truncated);
  }
  if (phase_ == Phase::running) {
    pending_.append(bytes);
  } else if (phase_ != Phase::lingering) {
    parse(bytes);
  }
  read();
}

// The end of what the client sends: it has closed the connection, or its own half of it and still
// reads. Both look the same until something is sent: one that has gone answers with a reset.
void Connection::on_end(bool is_eof) {
  if (phase_ != Phase::running || !is_eof) return cut();
  peer_closed_ = true;
  const bool is_sending = is_writing_ || written_ < out_.head.size() + out_.body.size();
  if (exchange_->is_streaming()) return cut();  // nothing may be put into it, and it may be silent
  stream_.socket().async_wait(
      Socket::wait_error,
      [self = shared_from_this()](const error_code& /*failed*/) { self->cut(); });
  if (is_sending || exchange_->has_begun()) return;
  if (exchange_->request.minor_version == 0) {  // knows no interim answers: it is taken for gone
    exchange_->request.gone->store(true, std::memory_order_relaxed);
    return;
  }
  out_.head = kInterim;
  written_ = 0;
  pump();
}

void Connection::parse(std::string_view bytes) {
  while (phase_ == Phase::idle || phase_ == Phase::reading) {
    if (exchange_ == nullptr) {
      exchange_ = std::make_shared<Exchange>(context_);
    }
    const RequestParser::Event event = parser_.feed(&bytes, &exchange_->request);
    if (phase_ == Phase::idle && parser_.has_begun()) begin_request();
    if (event == RequestParser::Event::done) pending_ = std::exchange(bytes, {});
    if (!take_event(event)) break;
  }
}

void Connection::begin_request() {
  phase_ = Phase::reading;
  exchange_->request.arrival = Clock::now();
  deadline_ = exchange_->request.arrival + context_->options.header_timeout;
  exchange_->request.remote = remote_;
}

// False when more bytes are needed.
bool Connection::take_event(RequestParser::Event event) {
  switch (event) {
    case RequestParser::Event::need_more:
      if (parser_.body_bytes() > 0) on_body_part();
      return false;
    case RequestParser::Event::head:
      on_head();
      return true;
    case RequestParser::Event::done:
      on_body_part();
      if (phase_ == Phase::reading) dispatch();
      return true;
    case RequestParser::Event::fault:
      refuse(parser_.fault().status, ErrorCode::invalid_input, parser_.fault().message);
      return true;
  }
  return false;
}

void Connection::on_head() {
  admit(exchange_.get(), quick_only_);
  if (!parser_.has_body()) return;
  parser_.keep_body(!exchange_->is_refused());
  body_start_ = Clock::now();
  deadline_ = body_start_ + context_->options.body_timeout;
  if (!parser_.wants_continue()) return;
  if (exchange_->is_refused()) {
    // The client may or may not send the body after this answer, so that the connection is lost.
    dispatch();
    return;
  }
  out_.head = kInterim;
  written_ = 0;
  pump();
}

void Connection::on_body_part() {
  if (!exchange_->count_body(exchange_->request.body.size())) {
    return refuse(503, ErrorCode::overloaded,
                  "the bodies of all requests together are too large; try again");
  }
  deadline_ = body_start_ + context_->options.body_timeout +
              std::chrono::seconds(parser_.body_bytes() / kSlowestBodyBytesPerSecond);
}

// Answers a request that was not read to its end.
void Connection::refuse(int status, ErrorCode code, const std::string& message) {
  Request& request = exchange_->request;
  if (request.id.empty()) identify(exchange_.get(), quick_only_);
  phase_ = Phase::running;
  deadline_ = kNever;
  exchange_->wants_keep_alive = false;
  exchange_->attach(this);
  exchange_->fail({status, code, message, status == 503 ? 1 : -1});
}

// --- serving ---

void Connection::dispatch() {
  const bool is_whole = !parser_.has_body() || !parser_.wants_continue() ||
                        !exchange_->is_refused() || parser_.body_bytes() > 0;
  phase_ = Phase::running;
  deadline_ = exchange_->request.deadline.value_or(kNever);
  exchange_->wants_keep_alive = parser_.wants_keep_alive() && is_whole;
  exchange_->io = io_;
  exchange_->attach(this);
  watch_deadline();
  if (exchange_->failure) {
    exchange_->fail(*exchange_->failure);
  } else if (exchange_->refusal) {
    exchange_->answer(std::move(*exchange_->refusal));
  } else if (exchange_->route->web_socket) {
    upgrade();
  } else {
    serve(exchange_);
  }
}

// To the point, as who sets a deadline counts on being told; all other times are looked at ten
// times a second.
void Connection::watch_deadline() {
  if (deadline_ == kNever) return;
  if (timer_ == nullptr) timer_ = std::make_unique<Timer>(io_->context());
  timer_->expires_at(deadline_);
  timer_->async_wait([self = shared_from_this()](const error_code& failed) {
    if (!failed) self->tick(Clock::now());
  });
}

void Connection::upgrade() {
  const Request& request = exchange_->request;
  if (!is_web_socket_upgrade(request)) {
    return exchange_->fail({426, ErrorCode::invalid_input,
                            request.path + " is a WebSocket: it must be opened by an upgrade, "
                                           "version 13"});
  }
  if (!is_origin_allowed(request, context_->options.cors_origins)) {
    return exchange_->fail(
        {403, ErrorCode::invalid_input, "pages of this origin may not open a WebSocket here"});
  }
  try {
    auto handler = exchange_->route->web_socket(request);
    stream_.put_back(std::move(pending_));
    exchange_->detach();
    phase_ = Phase::closed;
    if (timer_ != nullptr) timer_->cancel();
    io_->remove(place_);
    start_web_socket(std::move(stream_), io_, std::move(exchange_), std::move(handler));
  } catch (...) {
    if (exchange_ != nullptr) exchange_->fail(failure_of(std::current_exception()));
  }
}

void Connection::wake() {
  asio::post(io_->context(), [self = shared_from_this()] { self->pump(); });
}

// --- writing ---

void Connection::pump() {
  const uint64_t start = bytes_sent_;
  while (phase_ != Phase::closed && !is_writing_) {
    // A fast writer and a fast reader must not keep the thread from its other connections.
    if (bytes_sent_ > start + kMaxTurn) return wake();
    if (written_ < out_.head.size() + out_.body.size()) {
      if (!write_some()) return;
    } else if (out_.is_last) {
      if (out_.is_cut) return cut();
      end_exchange();
    } else if (phase_ == Phase::running) {
      out_ = exchange_->take();
      written_ = 0;
      if (out_.head.empty() && out_.body.empty() && !out_.is_last) return;
    } else {
      return;
    }
  }
}

// False when it must be waited for, or the connection broke.
bool Connection::write_some() {
  const size_t head = std::min(written_, out_.head.size());
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_.head) + head,
                                                     asio::buffer(out_.body) + (written_ - head)};
  const auto later = [this] {
    is_writing_ = true;
    write_deadline_ = Clock::now() + context_->options.write_timeout;
  };
  if (stream_.is_tls()) {
    later();
    stream_.async_write_some(buffers,
                             [self = shared_from_this()](const error_code& failed, size_t size) {
                               self->on_written(failed, size);
                             });
    return false;
  }
  error_code failed;
  const size_t size = stream_.socket().write_some(buffers, failed);
  if (failed == asio::error::would_block) {
    later();
    stream_.socket().async_wait(
        Socket::wait_write,
        [self = shared_from_this()](const error_code& broken) { self->on_written(broken, 0); });
    return false;
  }
  if (failed) {
    cut();
    return false;
  }
  written_ += size;
  bytes_sent_ += size;
  return true;
}

void Connection::on_written(const error_code& failed, size_t size) {
  is_writing_ = false;
  write_deadline_ = kNever;
  if (phase_ == Phase::closed) return;
  if (failed) return cut();
  written_ += size;
  bytes_sent_ += size;
  pump();
}

void Connection::end_exchange() {
  const bool keeps_alive = exchange_->keeps_alive();
  record(exchange_->status());
  exchange_->detach();
  exchange_.reset();
  if (timer_ != nullptr) timer_->cancel();
  out_ = {};
  written_ = 0;
  bytes_sent_ = 0;
  parser_.reset();
  if (!keeps_alive) return peer_closed_ ? cut() : linger();
  be_idle();
  if (!pending_.empty()) {
    const std::string bytes = std::move(pending_);
    pending_.clear();
    parse(bytes);
  }
  if (context_->is_draining) drain();
  if (peer_closed_ && (phase_ == Phase::idle || phase_ == Phase::reading)) return cut();
  read();
}

void Connection::be_idle() {
  phase_ = Phase::idle;
  deadline_ = Clock::now() + context_->options.idle_timeout;
}

// --- ending ---

// Closes our end and waits for the client to close its own: closing with unread bytes would have
// TCP take the answer back from a client that is still sending.
void Connection::linger() {
  phase_ = Phase::lingering;
  deadline_ = Clock::now() + kLingerTime;
  pending_.clear();
  error_code ignored;
  if (stream_.is_tls()) {
    stream_.tls().async_shutdown([self = shared_from_this()](const error_code& /*failed*/) {
      error_code unused;
      if (self->phase_ == Phase::closed) return;
      self->stream_.socket().shutdown(Socket::shutdown_send, unused);
    });
  } else {
    stream_.socket().shutdown(Socket::shutdown_send, ignored);
  }
  read();
}

void Connection::tick(Clock::time_point now) {
  if (is_writing_ && now > write_deadline_) return cut();
  if (now < deadline_) return;
  if (phase_ == Phase::reading) {
    refuse(408, ErrorCode::deadline, "the request did not arrive in time");
  } else if (phase_ == Phase::running) {
    deadline_ = kNever;
    exchange_->fail({504, ErrorCode::deadline, "no answer in the time that the request allows"});
  } else {
    cut();
  }
}

// A request that has arrived, but was not read yet, is answered.
void Connection::drain() {
  error_code failed;
  if (phase_ == Phase::idle && stream_.socket().available(failed) > 0 && !failed) return;
  if (phase_ == Phase::idle || phase_ == Phase::handshake) cut();
}

void Connection::cut() {
  if (phase_ == Phase::closed) return;
  const bool was_running = phase_ == Phase::running;
  phase_ = Phase::closed;
  if (timer_ != nullptr) timer_->cancel();
  if (exchange_ != nullptr) {
    exchange_->request.gone->store(true, std::memory_order_relaxed);
    exchange_->detach();
    if (was_running) record(exchange_->has_begun() ? exchange_->status() : kClientWent);
    exchange_.reset();
  }
  stream_.close();
  if (!quick_only_) --context_->connections;  // probes are not counted
  io_->remove(place_);
}

void Connection::record(int status) const {
  if (!context_->options.on_access) return;
  const std::string fault = exchange_->fault();
  const auto duration = Clock::now() - exchange_->request.arrival;
  try {
    context_->options.on_access({exchange_->request, status, bytes_sent_,
                                 std::chrono::duration_cast<std::chrono::microseconds>(duration),
                                 fault});
  } catch (...) {  // a log that fails must not cost the connection
  }
}

}  // namespace jnlp::http
