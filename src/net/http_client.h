#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace jnlp {

/// Bounds on waiting. There is none on the whole of a transfer that gets on.
struct HttpLimits {
  int64_t connect_timeout_ms = 10'000;
  /// A transfer slower than `stall_bytes_per_second` for this long is broken off.
  int64_t stall_seconds = 30;
  int64_t stall_bytes_per_second = 1'000;
};

/// Header lines by lower-case name.
using HttpHeaders = std::map<std::string, std::string>;

/// Takes the body of a good answer (status 2xx) piece by piece. What its functions throw ends the
/// transfer and comes out of HttpClient::perform().
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void begin(int status, const HttpHeaders& headers) = 0;
  virtual void write(std::string_view bytes) = 0;
};

enum class HttpMethod { get, head, post };

struct HttpRequest {
  std::string url;
  HttpMethod method = HttpMethod::get;
  std::string token;    ///< sent as "Authorization: Bearer", to the origin of `url` alone
  HttpHeaders headers;  ///< others, to the origin of `url` alone
  /// What a POST sends: `body`, or a file piece by piece where `body_file` names one.
  std::string body;
  std::filesystem::path body_file;
  std::string content_type = "application/json";
  bool use_proxy = true;   ///< false: none, whatever the environment says
  int64_t range_from = 0;  ///< > 0 asks for the bytes from there to the end
  /// Otherwise an answer that redirects to another origin is returned as it is.
  bool follow_to_other_origins = true;
  BodySink* sink = nullptr;  ///< without one the body is kept in HttpResult::body
};

/// What kept an answer from arriving whole.
enum class HttpFault {
  none,
  no_connection,  ///< name not found, connection refused or not made in time
  bad_proxy,
  bad_certificate,
  timeout,  ///< stopped or dripped for too long
  cut,      ///< the connection broke
  refused_redirect,
  too_large,
  other,
};

struct HttpResult {
  HttpFault fault = HttpFault::none;
  std::string detail;  ///< of the fault, for people
  int status = 0;      ///< of the last answer; 0 when there was none
  HttpHeaders headers;
  std::string body;            ///< whole without a sink; with one, the start of an error's text
  int64_t retry_after_s = -1;  ///< from Retry-After; -1 when absent

  bool ok() const { return fault == HttpFault::none && status >= 200 && status < 300; }
  /// The header's value, or "" when absent. `name` in lower case.
  std::string header(const std::string& name) const;
};

/// HTTP GET, HEAD and POST by libcurl: proxies from the environment, timeouts, redirects (of GET
/// and HEAD; a POST is not sent a second time). One request at a time; connections are kept for the
/// next one.
class HttpClient {
 public:
  HttpClient(const HttpLimits& limits, const std::string& ca_file);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Faults of the network come back in the result, those of the sink as its exceptions.
  /// @throws Error io when HttpRequest::body_file cannot be read.
  HttpResult perform(const HttpRequest& request);

 private:
  struct Handle;
  HttpResult perform_once(const HttpRequest& request, std::string* redirect_url);

  HttpLimits limits_;
  std::string ca_file_;
  std::unique_ptr<Handle> handle_;
};

/// Whom an address means.
struct UrlAuthority {
  std::string host;  ///< lower case; an IPv6 address without brackets
  int port = 0;      ///< the scheme's where the address has none
};

/// Nothing for what is no address with a host.
std::optional<UrlAuthority> authority_of(const std::string& url);

/// Scheme, host and port are the same.
bool is_same_origin(const std::string& url, const std::string& other);

/// Whether a request may go on from `from` to `to`: only http and https, never from https to http.
bool is_redirect_allowed(const std::string& from, const std::string& to);

/// Percent-encodes everything but unreserved characters and, with `keep_slash`, '/'.
std::string quote_url(std::string_view text, bool keep_slash);

}  // namespace jnlp
