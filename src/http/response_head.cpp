#include "http/response_head.h"

#include <algorithm>
#include <ctime>

#include "http/error_status.h"

namespace jnlp::http {
namespace {

// Made once a second and thread, since formatting a date costs more than the rest of the head.
const std::string& date_now() {
  thread_local std::time_t of = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != of) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[64];
    // Not %a and %b: they follow the locale.
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const size_t size = std::strftime(buffer, sizeof buffer, "%Y %H:%M:%S GMT", &parts);
    const std::string day = std::to_string(parts.tm_mday);
    text = std::string(kDays[parts.tm_wday]) + ", " + (day.size() < 2 ? "0" : "") + day + " " +
           kMonths[parts.tm_mon] + " " + std::string(buffer, size);
    of = now;
  }
  return text;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void append_line(std::string_view name, std::string_view value, std::string* out) {
  out->append(name).append(": ");
  const size_t start = out->size();
  out->append(value);
  std::replace_if(out->begin() + static_cast<std::ptrdiff_t>(start), out->end(), is_control, ' ');
  out->append("\r\n");
}

// What the framing decides: a second opinion of a handler's would make the answer ambiguous.
bool is_framing(std::string_view name) {
  return equals_ignoring_case(name, "content-length") ||
         equals_ignoring_case(name, "transfer-encoding") ||
         equals_ignoring_case(name, "connection");
}

bool is_listed(std::string_view origin, const std::vector<std::string>& origins) {
  return std::any_of(origins.begin(), origins.end(), [&](const std::string& allowed) {
    return allowed == "*" || equals_ignoring_case(allowed, origin);
  });
}

}  // namespace

std::string render_head(const Response& response, const Request& request, const Framing& framing,
                        const std::string& server_name) {
  constexpr size_t kUsualHead = 384;
  std::string out;
  out.reserve(kUsualHead);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (!is_framing(name)) append_line(name, value, &out);
  }
  if (framing.is_chunked) {
    append_line("transfer-encoding", "chunked", &out);
  } else if (framing.content_length) {
    append_line("content-length", std::to_string(*framing.content_length), &out);
  }
  append_line("date", date_now(), &out);
  if (!server_name.empty()) append_line("server", server_name, &out);
  if (!request.id.empty()) append_line("x-request-id", request.id, &out);
  if (!framing.keeps_alive) {
    append_line("connection", "close", &out);
  } else if (request.minor_version == 0) {
    append_line("connection", "keep-alive", &out);
  }
  out.append("\r\n");
  return out;
}

void add_cors(const Request& request, const std::vector<std::string>& origins, Headers* headers) {
  if (origins.empty()) return;
  headers->add("vary", "Origin");
  const std::string_view origin = request.header("origin");
  if (origin.empty() || !is_listed(origin, origins)) return;
  headers->set("access-control-allow-origin", origin);
  headers->set("access-control-expose-headers", "*");
}

Response options_response(const Request& request, const std::string& allow,
                          const std::vector<std::string>& origins) {
  Response response;
  response.status = 204;
  response.headers.add("allow", allow);
  const bool is_preflight = request.headers.find("access-control-request-method") != nullptr;
  if (is_preflight && is_listed(request.header("origin"), origins)) {
    response.headers.add("access-control-allow-methods", allow);
    const std::string_view wanted = request.header("access-control-request-headers");
    if (!wanted.empty()) response.headers.add("access-control-allow-headers", wanted);
    response.headers.add("access-control-max-age", "600");
  }
  return response;
}

bool is_origin_allowed(const Request& request, const std::vector<std::string>& origins) {
  const std::string_view origin = request.header("origin");
  if (origin.empty() || is_listed(origin, origins)) return true;
  const size_t scheme = origin.find("://");
  return scheme != std::string_view::npos &&
         equals_ignoring_case(origin.substr(scheme + 3), request.header("host"));
}

}  // namespace jnlp::http
