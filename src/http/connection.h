#pragma once

#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "http/any_stream.h"
#include "http/exchange.h"
#include "http/io_thread.h"
#include "http/request_parser.h"

namespace jnlp::http {

/// One client's connection: reads requests, has them served one after the other in their order, and
/// writes the answers. Everything but wake() happens on its I/O thread.
class Connection final : public IoClient,
                         public Link,
                         public std::enable_shared_from_this<Connection> {
 public:
  /// `quick_only`: only quick handlers are known here, for the port of probes.
  Connection(AnyStream stream, IoThread* io, std::shared_ptr<Context> context, bool quick_only);

  void start();

  void tick(Clock::time_point now) override;
  void drain() override;
  void cut() override;
  void wake() override;

 private:
  enum class Phase {
    handshake,  // of TLS
    idle,       // between requests
    reading,    // a request
    running,    // waits for the answer, or writes it
    lingering,  // our end is closed; what comes is dropped
    closed,     // or handed over to a WebSocket
  };
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  void read();
  void on_readable(error_code failed);
  void on_read(const error_code& failed, std::string_view bytes);
  void on_end(bool is_eof);
  void parse(std::string_view bytes);
  void begin_request();
  bool take_event(RequestParser::Event event);
  void on_head();
  void on_body_part();
  void refuse(int status, ErrorCode code, const std::string& message);
  void dispatch();
  void watch_deadline();
  void upgrade();
  void pump();
  bool write_some();
  void on_written(const error_code& failed, size_t size);
  void end_exchange();
  void be_idle();
  void linger();
  void record(int status) const;

  AnyStream stream_;
  IoThread* const io_;
  const std::shared_ptr<Context> context_;
  const bool quick_only_;
  std::string remote_;
  IoThread::Clients::iterator place_{};
  std::unique_ptr<std::array<char, size_t{16} << 10>> tls_buffer_;

  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = kNever;        // of the phase
  std::unique_ptr<Timer> timer_;               // of a request's deadline, once one had any
  Clock::time_point write_deadline_ = kNever;  // of what is being written
  RequestParser parser_;
  std::shared_ptr<Exchange> exchange_;  // of the request that is read or served
  Clock::time_point body_start_{};
  std::string pending_;  // what came behind the request that is served
  Exchange::Output out_;
  size_t written_ = 0;       // of out_
  uint64_t bytes_sent_ = 0;  // of this answer
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool peer_closed_ = false;
};

}  // namespace jnlp::http
