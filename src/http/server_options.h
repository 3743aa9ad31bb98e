#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/error_status.h"
#include "http/request.h"
#include "http/response.h"

namespace jnlp::http {

/// One answer, for logs and metrics.
struct AccessRecord {
  const Request& request;  ///< of one that could not be read, what was read
  int status = 0;          ///< 499: the client went away before the answer began
  uint64_t bytes_sent = 0;
  std::chrono::microseconds
      duration{};          ///< from the first byte of the request to the answer's last
  std::string_view fault;  ///< of an error answer: what was really thrown, for the log alone
};

/// The JSON (or else) of an error answer. Its status and Retry-After are set by the server.
using ErrorRenderer = std::function<Response(const Failure&, const Request&)>;
/// Called on an I/O thread after each answer: must be quick.
using AccessHook = std::function<void(const AccessRecord&)>;
/// Called on an I/O thread when a request's head was read, before its body is; what it returns is
/// the answer, for example 401 or 429. Must be quick. The route and path parameters are known.
using HeadHook = std::function<std::optional<Response>(const Request&)>;

/// {"error":{"code":"invalid_input","message":"..."}}
Response default_error_response(const Failure& failure, const Request& request);

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: any free one
  /// A second port, on a thread of its own and always without TLS, that serves quick handlers only:
  /// of all of them those of `probe_routes`, or every one where it is empty.
  std::optional<int> probe_port;
  std::string probe_host;  ///< "": as `host`
  std::vector<std::string> probe_routes;
  /// PEM files; both or none. The certificate may be a chain.
  std::filesystem::path tls_cert, tls_key;

  int io_threads = 1;        ///< they read, write and run quick handlers; each has its connections
  int request_threads = 64;  ///< at most; started when needed
  size_t max_queued_requests = 256;  ///< that wait for a thread; more get 503
  int web_socket_threads = 2;
  /// Of staged handlers' requests: larger ones are begun on a request thread.
  size_t max_quick_body_bytes = size_t{16} << 10;

  size_t max_connections = 16'384;
  size_t max_header_bytes = size_t{32} << 10;        ///< 431
  size_t max_body_bytes = size_t{16} << 20;          ///< 413; also after decompression
  size_t max_total_body_bytes = size_t{256} << 20;   ///< of all requests together; 503
  size_t stream_buffer_bytes = size_t{256} << 10;    ///< of a streamed answer, not yet sent
  size_t max_message_bytes = size_t{1} << 20;        ///< of a WebSocket: closed with 1009
  size_t web_socket_buffer_bytes = size_t{1} << 20;  ///< not yet sent

  std::chrono::milliseconds header_timeout{10'000};  ///< from first byte to last: 408
  /// Of a body, plus one second for each 16 KiB that came: 408.
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds write_timeout{30'000};            ///< without progress
  std::chrono::milliseconds idle_timeout{75'000};             ///< between requests
  std::chrono::milliseconds web_socket_idle_timeout{60'000};  ///< a ping at half of it

  /// A subprotocol of WebSockets that is chosen where the client offers it: browsers end a
  /// connection whose offers are all passed over.
  std::string web_socket_protocol;

  size_t gzip_min_bytes = 1024;  ///< smaller answers are not compressed
  /// Origins whose pages may call us, or "*".
  std::vector<std::string> cors_origins;
  std::string server_name = "jetson-nlp";  ///< the header Server

  ErrorRenderer render_error = default_error_response;
  AccessHook on_access;
  HeadHook on_head;
};

}  // namespace jnlp::http
