#include "http/target.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp::http {
namespace {

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorCode::invalid_input, "the request's target is refused: " + why);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) fail("'%' must be followed by two hexadecimal digits");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!is_valid_utf8(out)) fail("it is not UTF-8 when decoded");
  return out;
}

// Also what stands between encoded slashes, since a handler may take the segment for a path.
bool has_dots(std::string_view segment) {
  while (true) {
    const size_t end = std::min(segment.find_first_of("/\\"), segment.size());
    const std::string_view part = segment.substr(0, end);
    if (part == "." || part == "..") return true;
    if (end == segment.size()) return false;
    segment.remove_prefix(end + 1);
  }
}

void add_segment(std::string_view raw, Target* out) {
  std::string segment = decode(raw, false);
  if (std::any_of(segment.begin(), segment.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    fail("its path has a control character");
  }
  if (has_dots(segment)) fail("its path has a \".\" or \"..\"");
  out->path += '/';
  out->path += segment;
  out->segments.push_back(std::move(segment));
}

void add_query(std::string_view text, Target* out) {
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    if (item.empty()) continue;
    const size_t equals = std::min(item.find('='), item.size());
    out->query.emplace_back(decode(item.substr(0, equals), true),
                            decode(item.substr(std::min(item.size(), equals + 1)), true));
  }
}

// "http://host:port/path" is "/path" to us: we serve one host.
std::string_view without_authority(std::string_view target) {
  if (target.starts_with('/')) return target;
  const size_t scheme = target.find("://");
  const std::string_view name = target.substr(0, std::min(scheme, target.size()));
  if (scheme == std::string_view::npos ||
      (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https"))) {
    fail("it must begin with '/'");
  }
  target.remove_prefix(scheme + 3);
  const size_t path = target.find_first_of("/?");
  if (path == 0) fail("its host is empty");
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

Target parse_target(std::string_view target) {
  if (std::any_of(target.begin(), target.end(),
                  [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '#'; })) {
    fail("it has a byte that must be percent-encoded");
  }
  target = without_authority(target);
  const size_t mark = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, mark);
  Target out;
  if (path.empty()) path = "/";
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = std::min(path.find('/'), path.size());
    add_segment(path.substr(0, end), &out);
    path.remove_prefix(end);
  }
  add_query(target.substr(std::min(target.size(), mark + 1)), &out);
  return out;
}

}  // namespace jnlp::http
