#include "net/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <optional>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr int kMaxRedirects = 10;
constexpr size_t kMaxBody = size_t{64} << 20;      // a list of files is far smaller
constexpr size_t kMaxErrorBody = size_t{1} << 20;  // an error says a sentence
constexpr size_t kMaxHeaderBytes = size_t{256} << 10;

struct HeaderList {
  curl_slist* value = nullptr;
  ~HeaderList() { curl_slist_free_all(value); }
  void add(const std::string& line) { value = curl_slist_append(value, line.c_str()); }
};

struct Url {
  CURLU* value = curl_url();
  bool valid = false;
  explicit Url(const std::string& text) {
    valid = curl_url_set(value, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  }
  ~Url() { curl_url_cleanup(value); }
  Url(const Url&) = delete;
  Url& operator=(const Url&) = delete;

  std::string part(CURLUPart which) const {
    char* text = nullptr;
    if (!valid || curl_url_get(value, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
    std::string copy = text;
    curl_free(text);
    for (char& c : copy) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return copy;
  }
};

// What one exchange collects while libcurl calls back.
struct Exchange {
  CURL* curl;
  BodySink* sink;
  HttpResult* result;
  size_t header_bytes = 0;
  bool sink_begun = false;
  std::exception_ptr exception;

  bool is_success() {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    result->status = static_cast<int>(status);
    return status >= 200 && status < 300;
  }

  void begin_sink() {
    if (sink_begun) return;
    sink_begun = true;
    sink->begin(result->status, result->headers);
  }

  bool take(std::string_view bytes) {
    if (is_success() && sink != nullptr) {
      begin_sink();
      sink->write(bytes);
      return true;
    }
    const size_t limit = is_success() ? kMaxBody : kMaxErrorBody;
    if (result->body.size() + bytes.size() > limit) {
      result->fault = HttpFault::too_large;
      return false;
    }
    result->body += bytes;
    return true;
  }
};

size_t on_body(char* data, size_t, size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  try {
    return exchange->take({data, size}) ? size : 0;
  } catch (...) {
    exchange->exception = std::current_exception();
    return 0;
  }
}

std::string trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

size_t on_header(char* data, size_t, size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  const std::string_view line(data, size);
  exchange->header_bytes += size;
  if (exchange->header_bytes > kMaxHeaderBytes) {
    exchange->result->fault = HttpFault::too_large;
    return 0;
  }
  if (line.substr(0, 5) == "HTTP/") {
    exchange->result->headers.clear();  // another answer begins, for example after "100 Continue"
    return size;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string name = trim(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  exchange->result->headers[name] = trim(line.substr(colon + 1));
  return size;
}

HttpFault fault_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpFault::none;
    case CURLE_COULDNT_RESOLVE_PROXY:
#if LIBCURL_VERSION_NUM >= 0x074900
    case CURLE_PROXY:
#endif
      return HttpFault::bad_proxy;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
      return HttpFault::no_connection;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpFault::bad_certificate;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFault::timeout;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return HttpFault::cut;
    default:
      return HttpFault::other;
  }
}

// libcurl ignores HTTP_PROXY in upper case because a CGI program gets it from its client.
std::string upper_case_proxy(const std::string& url) {
  const char* named = std::getenv("HTTP_PROXY");
  if (named == nullptr || std::getenv("http_proxy") != nullptr) return "";
  if (std::getenv("REQUEST_METHOD") != nullptr || url.rfind("http://", 0) != 0) return "";
  return named;
}

// The file that a POST sends.
class Upload {
 public:
  explicit Upload(const std::filesystem::path& path) : file_(path, std::ios::binary) {
    std::error_code failed;
    size_ = static_cast<curl_off_t>(std::filesystem::file_size(path, failed));
    if (!file_ || failed) {
      throw Error(ErrorCode::io, fmt::format("cannot read {}", path.string()));
    }
  }

  void attach(CURL* curl) {
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, size_);
  }

 private:
  static size_t on_read(char* to, size_t, size_t room, void* user) {
    std::ifstream& file = static_cast<Upload*>(user)->file_;
    file.read(to, static_cast<std::streamsize>(room));
    return file.bad() ? CURL_READFUNC_ABORT : static_cast<size_t>(file.gcount());
  }

  // A connection that was kept may turn out to be dead; libcurl then begins anew on another.
  static int on_seek(void* user, curl_off_t offset, int origin) {
    std::ifstream& file = static_cast<Upload*>(user)->file_;
    file.clear();
    file.seekg(offset, origin == SEEK_SET ? std::ios::beg : std::ios::end);
    return file ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  }

  std::ifstream file_;
  curl_off_t size_ = 0;
};

void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw Error(ErrorCode::internal, "libcurl cannot start");
}

void set_callbacks(CURL* curl, Exchange* exchange) {
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
}

void add_headers(const HttpRequest& request, HeaderList* headers) {
  headers->add("Accept-Encoding: identity");  // sizes and ranges count the file's own bytes
  if (!request.token.empty()) headers->add("Authorization: Bearer " + request.token);
  if (request.range_from > 0) headers->add(fmt::format("Range: bytes={}-", request.range_from));
  for (const auto& [name, value] : request.headers) headers->add(name + ": " + value);
  if (request.method == HttpMethod::post) {
    headers->add("Content-Type: " + request.content_type);
    headers->add("Expect:");  // no pause for a "100 Continue" that many servers do not send
  }
}

void set_method(CURL* curl, const HttpRequest& request, std::optional<Upload>* upload) {
  curl_easy_setopt(curl, CURLOPT_NOBODY, request.method == HttpMethod::head ? 1L : 0L);
  if (request.method != HttpMethod::post) return;
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  if (!request.body_file.empty()) {
    upload->emplace(request.body_file).attach(curl);
    return;
  }
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
}

void set_proxy(CURL* curl, const HttpRequest& request) {
  if (!request.use_proxy) {
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    return;
  }
  const std::string proxy = upper_case_proxy(request.url);
  if (!proxy.empty()) curl_easy_setopt(curl, CURLOPT_PROXY, proxy.c_str());
}

// From the last answer: how long to wait, and where it redirects to ("" for nowhere).
std::string read_answer(CURL* curl, HttpResult* result) {
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  if (result->headers.count("retry-after") > 0) result->retry_after_s = retry_after;
  const char* location = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
  return location == nullptr ? "" : location;
}

void set_limits(CURL* curl, const HttpLimits& limits) {
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_timeout_ms));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(limits.stall_bytes_per_second));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stall_seconds));
}

}  // namespace

struct HttpClient::Handle {
  CURL* value = curl_easy_init();
  Handle() = default;
  ~Handle() { curl_easy_cleanup(value); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
};

std::string HttpResult::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

HttpClient::HttpClient(const HttpLimits& limits, const std::string& ca_file)
    : limits_(limits), ca_file_(ca_file) {
  init_curl_once();
  handle_ = std::make_unique<Handle>();
}

HttpClient::~HttpClient() = default;

// Redirects are followed here and not by libcurl, so that it is certain, with every version of it,
// where the token goes.
HttpResult HttpClient::perform(const HttpRequest& request) {
  HttpRequest hop = request;
  for (int redirects = 0;; ++redirects) {
    std::string next;
    HttpResult result = perform_once(hop, &next);
    if (result.fault != HttpFault::none || next.empty()) return result;
    const bool same_origin = is_same_origin(hop.url, next);
    if (!same_origin && !request.follow_to_other_origins) return result;
    const bool is_post = request.method == HttpMethod::post;
    if (is_post || !is_redirect_allowed(hop.url, next) || redirects == kMaxRedirects) {
      result.fault = HttpFault::refused_redirect;
      result.detail = redirects == kMaxRedirects
                          ? fmt::format("more than {} redirects", kMaxRedirects)
                          : fmt::format("it redirects to {}", next.substr(0, 200));
      return result;
    }
    if (!same_origin) {
      hop.token.clear();
      hop.headers.clear();
    }
    hop.url = next;
  }
}

HttpResult HttpClient::perform_once(const HttpRequest& request, std::string* redirect_url) {
  CURL* curl = handle_->value;
  curl_easy_reset(curl);
  HttpResult result;
  Exchange exchange{curl, request.sink, &result, 0, false, nullptr};
  char detail[CURL_ERROR_SIZE] = "";
  HeaderList headers;
  add_headers(request, &headers);
  std::optional<Upload> upload;

  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.value);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "jetson-nlp/" JNLP_VERSION);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!ca_file_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
  set_method(curl, request, &upload);
  set_proxy(curl, request);
  set_limits(curl, limits_);
  set_callbacks(curl, &exchange);

  const CURLcode code = curl_easy_perform(curl);
  if (exchange.exception) std::rethrow_exception(exchange.exception);
  if (result.fault == HttpFault::none) result.fault = fault_of(code);
  if (code != CURLE_OK) result.detail = *detail != '\0' ? detail : curl_easy_strerror(code);
  const bool success = exchange.is_success();
  if (success && code == CURLE_OK && request.sink != nullptr &&
      request.method != HttpMethod::head) {
    exchange.begin_sink();  // an empty body makes no call
  }
  *redirect_url = read_answer(curl, &result);
  return result;
}

std::optional<UrlAuthority> authority_of(const std::string& url) {
  const Url parsed(url);
  UrlAuthority authority{parsed.part(CURLUPART_HOST), 0};
  const std::string port = parsed.part(CURLUPART_PORT);
  std::from_chars(port.data(), port.data() + port.size(), authority.port);
  std::string& host = authority.host;
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (host.empty() || authority.port == 0) return std::nullopt;
  return authority;
}

bool is_same_origin(const std::string& url, const std::string& other) {
  const Url a(url);
  const Url b(other);
  if (!a.valid || !b.valid) return false;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    if (a.part(part) != b.part(part)) return false;
  }
  return true;
}

bool is_redirect_allowed(const std::string& from, const std::string& to) {
  const std::string old_scheme = Url(from).part(CURLUPART_SCHEME);
  const std::string new_scheme = Url(to).part(CURLUPART_SCHEME);
  return new_scheme == "https" || (new_scheme == "http" && old_scheme == "http");
}

std::string quote_url(std::string_view text, bool keep_slash) {
  std::string quoted;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) || c == '-' || c == '_' ||
                       c == '.' || c == '~' || (c == '/' && keep_slash);
    quoted += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return quoted;
}

}  // namespace jnlp
