#include "serve/redis_url.h"

#include <charconv>
#include <optional>

#include "base/error.h"

namespace jnlp {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(
      ErrorCode::invalid_input,
      "bad Redis URL: " + why + "; expected redis://[[user]:password@]host[:port][/database]");
}

std::optional<int> number(std::string_view text, int base = 10) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::string decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = i + 2 < text.size() ? number(text.substr(i + 1, 2), 16) : std::nullopt;
    if (!byte) refuse("a '%' in user or password is not followed by two digits");
    decoded += static_cast<char>(*byte);
    i += 2;
  }
  return decoded;
}

void parse_credentials(std::string_view text, RedisUrl& url) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) refuse("a password must stand behind a colon");
  url.user = decode(text.substr(0, colon));
  url.password = decode(text.substr(colon + 1));
}

void parse_address(std::string_view text, RedisUrl& url) {
  size_t host_end = text.find(':');
  if (text.starts_with('[')) {  // an address of IPv6
    const size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) refuse("the host's ']' is missing");
    url.host = text.substr(1, bracket - 1);
    host_end = bracket + 1 < text.size() ? bracket + 1 : std::string_view::npos;
    if (host_end != std::string_view::npos && text[host_end] != ':') refuse("the port is wrong");
  } else {
    url.host = text.substr(0, host_end);
  }
  if (url.host.empty()) refuse("the host is missing");
  if (host_end == std::string_view::npos) return;
  const auto port = number(text.substr(host_end + 1));
  if (!port || *port == 0 || *port > 65535) refuse("the port is not in 1 to 65535");
  url.port = *port;
}

}  // namespace

RedisUrl parse_redis_url(std::string_view text) {
  if (text.starts_with("rediss://")) {
    throw Error(
        ErrorCode::unsupported,
        "TLS to Redis is not built in; use redis:// to a Redis on this machine or a private "
        "network, or a tunnel");
  }
  constexpr std::string_view kScheme = "redis://";
  if (!text.starts_with(kScheme)) refuse("it does not begin with redis://");
  text.remove_prefix(kScheme.size());
  RedisUrl url;
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    parse_credentials(text.substr(0, at), url);
    text.remove_prefix(at + 1);
  }
  if (const size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view database = text.substr(slash + 1);
    if (!database.empty()) {
      const auto value = number(database);
      if (!value) refuse("the database is not a number");
      url.database = *value;
    }
    text = text.substr(0, slash);
  }
  parse_address(text, url);
  return url;
}

}  // namespace jnlp
