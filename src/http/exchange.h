#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/context.h"
#include "http/error_status.h"
#include "http/request.h"
#include "http/response.h"

namespace jnlp::http {

class IoThread;
struct Route;

/// The connection, as an exchange sees it.
class Link {
 public:
  virtual ~Link() = default;
  /// There is something to send. Called from any thread, with the exchange's lock held.
  virtual void wake() = 0;
};

/// One request and its answer: what handlers (any thread) and the connection (its I/O thread)
/// share. It outlives the connection where a handler is late; what it says then goes nowhere.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  explicit Exchange(std::shared_ptr<Context> context) : context(std::move(context)) {}
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Set on the I/O thread before the request is given to a handler; read only from then on.
  const std::shared_ptr<Context> context;
  Request request;
  const Route* route = nullptr;
  IoThread* io = nullptr;  // the connection's
  bool wants_keep_alive = false;
  bool body_is_gzip = false;
  // An answer that was decided when the head was read; the body is read and dropped then.
  std::optional<Response> refusal;
  std::optional<Failure> failure;

  bool is_refused() const { return refusal.has_value() || failure.has_value(); }
  /// Counts the body's size into that of all requests; false when they are too much together. Never
  /// called by two threads at once.
  bool count_body(size_t bytes);

  // For handlers, from any thread. The first answer counts.
  void answer(Response response);
  void fail(Failure failure);
  void start_stream(Response head);
  bool write(std::string_view piece);
  void finish();
  void cut();
  void note_fault(const std::string& fault);
  /// Whether answer() will have to compress it.
  bool would_compress(const Response& response) const;
  /// Nobody waits for more: the client has gone, or the answer is complete.
  bool is_over() const;

  // For the connection.
  struct Output {
    std::string head;
    std::string body;
    bool is_last = false;
    bool is_cut = false;  // the connection must be broken off after it
  };
  void attach(Link* link);
  /// The connection no longer listens. Waiting writers return.
  void detach();
  Output take();
  bool has_begun() const;
  bool is_streaming() const;  // and not finished
  bool keeps_alive() const;   // as the answer's head said
  int status() const;
  std::string fault() const;

 private:
  void begin(Response* response, bool is_stream);
  bool may_compress(const Response& response) const;
  void prepare(Response* response) const;
  bool can_begin() const;
  void wake();

  mutable std::mutex mutex_;
  std::condition_variable room_;
  Link* link_ = nullptr;
  size_t counted_body_bytes_ = 0;
  bool has_begun_ = false;
  bool is_streaming_ = false;
  bool is_chunked_ = false;
  bool is_finished_ = false;
  bool is_cut_ = false;
  bool is_awake_ = false;  // wake() was called and take() not yet
  bool keeps_alive_ = false;
  int status_ = 0;
  std::string fault_;
  std::string head_;
  std::string body_;
};

}  // namespace jnlp::http
