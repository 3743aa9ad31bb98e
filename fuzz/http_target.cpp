// A request's target: what is taken has no way out of its path, and means the same when everything
// in it is percent-encoded.
#include "http/target.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "target.h"

namespace {

using namespace jnlp;
using http::Target;

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string encoded(const Target& target) {
  std::string text;
  for (const std::string& segment : target.segments) text += "/" + encoded(segment);
  char mark = '?';
  for (const auto& [name, value] : target.query) {
    text += mark + encoded(name) + "=" + encoded(value);
    mark = '&';
  }
  return text;
}

void check(const Target& target) {
  JNLP_HOLDS(!target.segments.empty() && target.path.starts_with('/'));
  JNLP_HOLDS(is_valid_utf8(target.path));
  JNLP_HOLDS(std::none_of(target.path.begin(), target.path.end(),
                          [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
  JNLP_HOLDS((target.path + "/").find("/../") == std::string::npos);
  JNLP_HOLDS((target.path + "/").find("/./") == std::string::npos);
  std::string joined;
  for (const std::string& segment : target.segments) joined += "/" + segment;
  JNLP_HOLDS(joined == target.path);
  for (const auto& [name, value] : target.query) {
    JNLP_HOLDS(is_valid_utf8(name) && is_valid_utf8(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::accepts([&] {
    const Target target = http::parse_target(fuzz::as_text(data, size));
    check(target);
    const Target again = http::parse_target(encoded(target));
    JNLP_HOLDS(again.segments == target.segments && again.query == target.query);
  });
  return 0;
}
