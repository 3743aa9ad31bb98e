#include "server/api_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "server/web_socket_key.h"

namespace jnlp {
namespace {

// Short keys are guessed by trying.
constexpr size_t kLeastKeyLength = 16;

// The time depends on the length of what the client sent alone.
bool equal_in_constant_time(std::string_view given, std::string_view key) {
  size_t difference = given.size() ^ key.size();
  for (size_t i = 0; i < given.size(); ++i) {
    difference |=
        static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(key[i % key.size()]);
  }
  return difference == 0;
}

std::string trimmed(const std::string& line) {
  const size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

ApiKeys ApiKeys::from_file(const std::filesystem::path& path) {
  std::istringstream lines(read_file(path));
  std::vector<std::string> keys;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string key = trimmed(line);
    if (key.empty() || key.front() == '#') continue;
    if (key.size() < kLeastKeyLength) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{}, line {}: a key needs at least {} characters", path.string(),
                              number, kLeastKeyLength));
    }
    if (!std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{}, line {}: a key is made of visible ASCII characters, without "
                              "blanks",
                              path.string(), number));
    }
    keys.push_back(key);
  }
  if (keys.empty()) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} holds no key", path.string()));
  }
  return ApiKeys(std::move(keys));
}

std::string ApiKeys::random_key() {
  std::random_device random;  // the system's generator on Linux
  std::string key;
  for (int i = 0; i < 4; ++i) key += fmt::format("{:08x}", random());
  return key;
}

bool ApiKeys::contains(std::string_view key) const {
  bool found = false;
  for (const std::string& known : keys_) found |= equal_in_constant_time(key, known);
  return found;
}

std::string ApiKeys::given(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.header("authorization");
  if (header.size() > kScheme.size() &&
      http::equals_ignoring_case(header.substr(0, kScheme.size()), kScheme)) {
    return std::string(http::trim_blanks(header.substr(kScheme.size())));
  }
  const std::string_view key = request.header("x-api-key");
  return key.empty() ? web_socket_key(request) : std::string(key);
}

bool ApiKeys::allow(const http::Request& request) const {
  return keys_.empty() || contains(given(request));
}

}  // namespace jnlp
