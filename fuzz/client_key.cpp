// How a client shows its key, and the file of keys: the first line is a header's value, the rest
// the file. Each key of the file is let in by each of the three ways to show it, no other one is.
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "server/api_keys.h"
#include "server/web_socket_key.h"
#include "target.h"

namespace {

using namespace jnlp;

http::Request with_header(std::string_view name, std::string_view value) {
  http::Request request;
  request.headers.add(name, value);
  return request;
}

std::string in_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

// A file in memory, so that none is written for each input.
ApiKeys keys_of(std::string_view text) {
  static const int file = ::memfd_create("keys", 0);
  JNLP_HOLDS(::ftruncate(file, 0) == 0);
  JNLP_HOLDS(::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  return ApiKeys::from_file(fmt::format("/proc/self/fd/{}", file));
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> keys;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
    line = line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
    if (!line.empty() && line.front() != '#') keys.insert(line);
  }
  return keys;
}

void check_keys(const ApiKeys& keys, const std::string& text, const std::string& other) {
  const std::set<std::string> lines = lines_of(text);
  JNLP_HOLDS(!keys.empty() && keys.size() >= lines.size());
  for (const std::string& key : lines) {
    JNLP_HOLDS(key.size() >= 16);
    JNLP_HOLDS(keys.allow(with_header("Authorization", "bearer " + key)));
    JNLP_HOLDS(keys.allow(with_header("X-Api-Key", key)));
    JNLP_HOLDS(keys.allow(
        with_header("Sec-WebSocket-Protocol", "jetson-nlp, jetson-nlp.key." + in_hex(key))));
    for (const std::string& like : {other, key.substr(1), key + key}) {
      JNLP_HOLDS(keys.allow(with_header("X-Api-Key", like)) == (lines.count(like) > 0));
    }
  }
  JNLP_HOLDS(!keys.allow(http::Request()));
}

void check_header(const std::string& value) {
  for (const char* name : {"Authorization", "X-Api-Key"}) {
    JNLP_HOLDS(ApiKeys::given(with_header(name, value)).size() <= value.size());
  }
  const std::string key = web_socket_key(with_header("Sec-WebSocket-Protocol", value));
  JNLP_HOLDS(key.size() * 2 <= value.size());
  JNLP_HOLDS(web_socket_key(with_header("Sec-WebSocket-Protocol",
                                        "jetson-nlp.key." + in_hex(value))) == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const size_t line = std::min(input.find('\n'), input.size());
  const std::string value(input.substr(0, line));
  const std::string file(input.substr(std::min(line + 1, input.size())));
  check_header(value);
  fuzz::accepts([&] { check_keys(keys_of(file), file, value); });
  return 0;
}
