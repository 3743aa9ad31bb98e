#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace jnlp::http {

/// Why a request cannot be read; the connection must be closed, since nobody knows where the next
/// request would begin.
struct ParseFault {
  int status = 400;
  std::string message;
};

/// Reads HTTP/1.0 and 1.1 requests from bytes as they arrive (RFC 9112). Stricter than the RFC
/// where two readers of the same bytes could differ, which is what request smuggling lives on: bare
/// LF, folded lines, blanks before the colon, any doubt about the body's length are refused.
class RequestParser {
 public:
  struct Limits {
    size_t header_bytes = size_t{32} << 10;  ///< request line and headers; also each trailer
    uint64_t body_bytes = uint64_t{16} << 20;
  };
  enum class Event {
    need_more,  ///< all bytes were taken
    head,       ///< head() is complete; a body may follow
    done,       ///< the request is complete; the rest belongs to the next one
    fault,      ///< see fault()
  };

  explicit RequestParser(Limits limits) : limits_(limits) {}

  /// Takes bytes from the front of `data` until something happened. Method, target, version and
  /// headers go to `request`; the body too, unless keep_body(false).
  Event feed(std::string_view* data, Request* request);
  /// Forgets the finished request.
  void reset();
  /// Whether the rest of the body is kept.
  void keep_body(bool keep) { keep_body_ = keep; }

  const ParseFault& fault() const { return fault_; }
  /// Something of a request was read.
  bool has_begun() const { return head_bytes_ > 0; }

  // Of a complete head:
  bool has_body() const { return is_chunked_ || content_length_.value_or(0) > 0; }
  bool wants_continue() const { return wants_continue_; }
  bool wants_keep_alive() const { return wants_keep_alive_; }
  bool wants_upgrade() const { return wants_upgrade_; }
  uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class State {
    request_line,
    fields,
    body,
    chunk_size,
    chunk_data,
    chunk_end,
    trailers,
    done
  };

  bool fail(int status, std::string message);
  bool take_line(std::string_view* data, std::string_view* line);
  bool read_request_line(std::string_view line, Request* request);
  bool read_field(std::string_view line, Request* request);
  bool note_field(std::string_view name, std::string_view value);
  bool end_head(const Request& request);
  bool read_chunk_size(std::string_view line);
  bool take_body(std::string_view* data, Request* request);
  Event feed_line(std::string_view line, Request* request);

  Limits limits_;
  State state_ = State::request_line;
  ParseFault fault_;
  std::string partial_;  // a line whose end has not come
  size_t head_bytes_ = 0;
  size_t trailer_bytes_ = 0;
  uint64_t remaining_ = 0;  // of the body or the chunk
  uint64_t body_bytes_ = 0;
  std::optional<uint64_t> content_length_;
  int hosts_ = 0;
  bool is_chunked_ = false;
  bool keep_body_ = true;
  bool wants_continue_ = false;
  bool wants_keep_alive_ = true;
  bool wants_upgrade_ = false;
  bool has_close_ = false;
};

}  // namespace jnlp::http
