#include "http/exchange.h"

#include <fmt/format.h>

#include "base/json.h"
#include "http/content_coding.h"
#include "http/response_head.h"

namespace jnlp::http {
namespace {

bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

Response render_failure(const Failure& failure, const Request& request,
                        const ErrorRenderer& render) {
  Response response;
  try {
    response = render(failure, request);
  } catch (...) {
    response = default_error_response(failure, request);
  }
  response.status = failure.status;
  if (failure.retry_after_s >= 0) {
    response.headers.set("retry-after", std::to_string(failure.retry_after_s));
  }
  if (!failure.allow.empty()) response.headers.set("allow", failure.allow);
  return response;
}

}  // namespace

Response default_error_response(const Failure& failure, const Request& /*request*/) {
  const Json body = {{"error", {{"code", to_string(failure.code)}, {"message", failure.message}}}};
  return Response::json(dump_json(body), failure.status);
}

Exchange::~Exchange() {
  context->body_bytes -= counted_body_bytes_;
}

bool Exchange::count_body(size_t bytes) {
  if (bytes <= counted_body_bytes_) return true;
  const size_t more = bytes - counted_body_bytes_;
  counted_body_bytes_ = bytes;
  return (context->body_bytes += more) <= context->options.max_total_body_bytes;
}

void Exchange::note_fault(const std::string& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
}

void Exchange::answer(Response response) {
  begin(&response, false);
}

void Exchange::start_stream(Response head) {
  begin(&head, true);
}

void Exchange::fail(Failure failure) {
  {
    const std::lock_guard lock(mutex_);
    if (has_begun_) return;
    fault_ = failure.detail.empty() ? failure.message : failure.detail;
  }
  answer(render_failure(failure, request, context->options.render_error));
}

// If the client takes it.
bool Exchange::may_compress(const Response& response) const {
  return response.body.size() >= context->options.gzip_min_bytes && !response.body.empty() &&
         response.headers.find("content-encoding") == nullptr &&
         is_compressible(response.headers.get("content-type"));
}

bool Exchange::would_compress(const Response& response) const {
  return may_compress(response) && accepts_gzip(request.header("accept-encoding"));
}

// Compression is done by the thread that answers.
void Exchange::prepare(Response* response) const {
  add_cors(request, context->options.cors_origins, &response->headers);
  if (!may_compress(*response)) return;
  response->headers.add("vary", "Accept-Encoding");
  if (!accepts_gzip(request.header("accept-encoding"))) return;
  response->body = compress_gzip(response->body);
  response->headers.add("content-encoding", "gzip");
}

void Exchange::begin(Response* response, bool is_stream) {
  if (!can_begin()) return;  // spares the work; decided below
  if (!is_stream) prepare(response);
  if (is_stream) add_cors(request, context->options.cors_origins, &response->headers);
  const bool is_bare = has_no_body(response->status);
  Framing framing;
  framing.is_chunked = is_stream && !is_bare && request.minor_version > 0;
  if (!is_stream && !is_bare) framing.content_length = response->body.size();
  // Without chunks the end of an answer is the end of the connection.
  framing.keeps_alive =
      wants_keep_alive && !context->is_draining && (!is_stream || framing.is_chunked || is_bare);
  std::string head = render_head(*response, request, framing, context->options.server_name);

  const std::lock_guard lock(mutex_);
  if (has_begun_ || link_ == nullptr) return;
  has_begun_ = true;
  is_streaming_ = is_stream;
  is_chunked_ = framing.is_chunked;
  is_finished_ = !is_stream;
  keeps_alive_ = framing.keeps_alive;
  status_ = response->status;
  head_ = std::move(head);
  if (request.method != "HEAD" && !is_bare && !is_stream) body_ = std::move(response->body);
  wake();
}

bool Exchange::write(std::string_view piece) {
  std::unique_lock lock(mutex_);
  const size_t most = context->options.stream_buffer_bytes;
  room_.wait(lock, [&] { return link_ == nullptr || body_.size() < most; });
  if (link_ == nullptr || !is_streaming_ || is_finished_) return false;
  if (request.method == "HEAD" || has_no_body(status_)) return false;  // nobody may read it
  if (piece.empty()) return true;
  if (is_chunked_) body_ += fmt::format("{:x}\r\n", piece.size());
  body_ += piece;
  if (is_chunked_) body_ += "\r\n";
  wake();
  return true;
}

void Exchange::finish() {
  const std::lock_guard lock(mutex_);
  if (!is_streaming_ || is_finished_) return;
  is_finished_ = true;
  if (is_chunked_ && request.method != "HEAD") body_ += "0\r\n\r\n";
  wake();
}

void Exchange::cut() {
  const std::lock_guard lock(mutex_);
  if (is_finished_) return;
  is_finished_ = true;
  is_cut_ = true;
  wake();
}

// A client of HTTP/1.0 that only closed its own end (the gone flag is set then too) still gets an
// answer, if there is one.
bool Exchange::can_begin() const {
  const std::lock_guard lock(mutex_);
  return !has_begun_ && link_ != nullptr;
}

bool Exchange::is_over() const {
  const std::lock_guard lock(mutex_);
  return link_ == nullptr || (has_begun_ && is_finished_) || request.cancelled();
}

void Exchange::attach(Link* link) {
  const std::lock_guard lock(mutex_);
  link_ = link;
}

void Exchange::detach() {
  const std::lock_guard lock(mutex_);
  link_ = nullptr;
  room_.notify_all();
}

// With the lock held.
void Exchange::wake() {
  if (link_ == nullptr || is_awake_) return;
  is_awake_ = true;
  link_->wake();
}

Exchange::Output Exchange::take() {
  const std::lock_guard lock(mutex_);
  is_awake_ = false;
  Output out{std::move(head_), std::move(body_), is_finished_, is_cut_};
  head_.clear();
  body_.clear();
  room_.notify_all();
  return out;
}

bool Exchange::has_begun() const {
  const std::lock_guard lock(mutex_);
  return has_begun_;
}

bool Exchange::is_streaming() const {
  const std::lock_guard lock(mutex_);
  return is_streaming_ && !is_finished_;
}

bool Exchange::keeps_alive() const {
  const std::lock_guard lock(mutex_);
  return keeps_alive_;
}

int Exchange::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::string Exchange::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace jnlp::http
