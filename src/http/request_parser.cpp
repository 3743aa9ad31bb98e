#include "http/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace jnlp::http {
namespace {

constexpr size_t kMaxFields = 128;
constexpr size_t kMaxChunkLine = 256;  // a size and extensions, which we do not read
constexpr size_t kFirstReserve = size_t{1} << 20;

constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kIsToken = make_token_table();

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return kIsToken[c]; });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

// Digits alone: no sign, no blank, no list.
bool read_number(std::string_view text, int base, uint64_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void RequestParser::reset() {
  *this = RequestParser(limits_);
}

bool RequestParser::fail(int status, std::string message) {
  fault_ = {status, std::move(message)};
  return false;
}

// False without a fault means that the line's end has not come.
bool RequestParser::take_line(std::string_view* data, std::string_view* line) {
  const size_t end = data->find('\n');
  const size_t taken = end == std::string_view::npos ? data->size() : end + 1;
  const bool in_head = state_ == State::request_line || state_ == State::fields;
  size_t& counted = in_head ? head_bytes_ : trailer_bytes_;
  counted += taken;
  const size_t most = state_ == State::chunk_size ? kMaxChunkLine : limits_.header_bytes;
  if (counted > most) {
    if (state_ == State::chunk_size) return fail(400, "the head of a chunk is too long");
    return fail(431, fmt::format("the request's head is longer than {} bytes", most));
  }
  if (end == std::string_view::npos || !partial_.empty()) {
    partial_.append(data->substr(0, taken));
    data->remove_prefix(taken);
    if (end == std::string_view::npos) return false;
    *line = partial_;
  } else {
    *line = data->substr(0, taken);
    data->remove_prefix(taken);
  }
  if (line->size() < 2 || (*line)[line->size() - 2] != '\r') {
    return fail(400, "a line of the request's head must end in CR LF");
  }
  line->remove_suffix(2);
  return true;
}

bool RequestParser::read_request_line(std::string_view line, Request* request) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return fail(400, "the request line must be: method, target, HTTP/1.1");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  constexpr size_t kMaxMethod = 32;
  if (!is_token(method) || method.size() > kMaxMethod) {
    return fail(400, "the request's method is not one");
  }
  if (target.empty() || !std::all_of(target.begin(), target.end(),
                                     [](unsigned char c) { return c > 0x20 && c < 0x7f; })) {
    return fail(400, "the request's target has a byte that must be percent-encoded");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool is_http = version.starts_with("HTTP/") && version.size() > 5;
    return fail(is_http ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  request->method = method;
  request->target = target;
  request->minor_version = version.back() - '0';
  wants_keep_alive_ = request->minor_version > 0;
  return true;
}

bool RequestParser::read_field(std::string_view line, Request* request) {
  if (line.front() == ' ' || line.front() == '\t') {
    return fail(400, "a header line must not be continued on the next one");
  }
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  if (colon == line.size() || !is_token(name)) {
    return fail(400, "a header line must be: name, colon, value, with no blank before the colon");
  }
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!is_field_value(value)) return fail(400, "a header's value has a control character");
  if (state_ == State::trailers) return true;  // read, and not trusted
  if (request->headers.size() >= kMaxFields) {
    return fail(431, fmt::format("the request has more than {} header lines", kMaxFields));
  }
  request->headers.add(name, value);
  return note_field(name, value);
}

bool RequestParser::note_field(std::string_view name, std::string_view value) {
  if (equals_ignoring_case(name, "content-length")) {
    uint64_t length = 0;
    if (content_length_ || !read_number(value, 10, &length)) {
      return fail(400, "Content-Length must stand once and be a number");
    }
    content_length_ = length;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    if (is_chunked_) return fail(400, "Transfer-Encoding must stand once");
    if (!equals_ignoring_case(value, "chunked")) {
      return fail(501, "the only Transfer-Encoding that is known here is chunked");
    }
    is_chunked_ = true;
  } else if (equals_ignoring_case(name, "host")) {
    ++hosts_;
  } else if (equals_ignoring_case(name, "connection")) {
    has_close_ = has_close_ || list_has(value, "close");
    if (list_has(value, "keep-alive")) wants_keep_alive_ = true;
    wants_upgrade_ = wants_upgrade_ || list_has(value, "upgrade");
  } else if (equals_ignoring_case(name, "expect")) {
    if (!equals_ignoring_case(value, "100-continue")) {
      return fail(417, "the only Expect that is known here is 100-continue");
    }
    wants_continue_ = true;
  }
  return true;
}

bool RequestParser::end_head(const Request& request) {
  if (is_chunked_ && content_length_) {
    return fail(400, "Transfer-Encoding and Content-Length must not stand together");
  }
  if (is_chunked_ && request.minor_version == 0) {
    return fail(400, "HTTP/1.0 has no Transfer-Encoding");
  }
  if (hosts_ > 1 || (hosts_ == 0 && request.minor_version > 0)) {
    return fail(400, "Host must stand once");
  }
  if (has_close_) wants_keep_alive_ = false;
  if (request.minor_version == 0) wants_continue_ = false;
  if (content_length_.value_or(0) > limits_.body_bytes) {
    return fail(413, fmt::format("the body of {} bytes is longer than {}", *content_length_,
                                 limits_.body_bytes));
  }
  remaining_ = content_length_.value_or(0);
  state_ = is_chunked_ ? State::chunk_size : State::body;
  return true;
}

bool RequestParser::read_chunk_size(std::string_view line) {
  uint64_t size = 0;
  if (!read_number(line.substr(0, line.find(';')), 16, &size) || !is_field_value(line)) {
    return fail(400, "a chunk's size is not a hexadecimal number");
  }
  if (size > limits_.body_bytes || body_bytes_ + size > limits_.body_bytes) {
    return fail(413, fmt::format("the body is longer than {} bytes", limits_.body_bytes));
  }
  remaining_ = size;
  trailer_bytes_ = 0;
  state_ = size > 0 ? State::chunk_data : State::trailers;
  return true;
}

// True when the body or chunk is complete.
bool RequestParser::take_body(std::string_view* data, Request* request) {
  const size_t taken = static_cast<size_t>(std::min<uint64_t>(remaining_, data->size()));
  if (keep_body_ && taken > 0) {
    // Room for the whole, but not on the mere word of a client that a lot will come.
    if (request->body.empty()) {
      request->body.reserve(static_cast<size_t>(std::min<uint64_t>(remaining_, kFirstReserve)));
    }
    request->body.append(data->substr(0, taken));
  }
  data->remove_prefix(taken);
  remaining_ -= taken;
  body_bytes_ += taken;
  return remaining_ == 0;
}

RequestParser::Event RequestParser::feed_line(std::string_view line, Request* request) {
  bool is_good = true;
  switch (state_) {
    case State::request_line:
      if (line.empty()) {  // some clients send one behind a body
        head_bytes_ = 0;
        break;
      }
      is_good = read_request_line(line, request);
      state_ = State::fields;
      break;
    case State::fields:
      is_good = line.empty() ? end_head(*request) : read_field(line, request);
      if (is_good && line.empty()) return Event::head;
      break;
    case State::chunk_size:
      is_good = read_chunk_size(line);
      break;
    case State::chunk_end:
      is_good = line.empty() || fail(400, "a chunk is longer than its size says");
      state_ = State::chunk_size;
      trailer_bytes_ = 0;
      break;
    default:  // trailers
      if (line.empty()) {
        state_ = State::done;
      } else {
        is_good = read_field(line, request);
      }
  }
  return is_good ? Event::need_more : Event::fault;
}

RequestParser::Event RequestParser::feed(std::string_view* data, Request* request) {
  while (true) {
    if (state_ == State::done) return Event::done;
    if (state_ == State::body || state_ == State::chunk_data) {
      if (!take_body(data, request)) return Event::need_more;
      state_ = state_ == State::body ? State::done : State::chunk_end;
      continue;
    }
    if (data->empty()) return Event::need_more;
    if (state_ == State::request_line && partial_.empty() && data->front() != '\r' &&
        !is_token(data->substr(0, 1))) {
      fail(400, "this is not HTTP");  // TLS, for example; its line might never end
      return Event::fault;
    }
    std::string_view line;
    if (!take_line(data, &line)) return fault_.message.empty() ? Event::need_more : Event::fault;
    const Event event = feed_line(line, request);
    partial_.clear();
    if (event != Event::need_more) return event;
  }
}

}  // namespace jnlp::http
