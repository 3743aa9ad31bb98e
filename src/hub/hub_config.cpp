#include "hub/hub_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace jnlp {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string first_of(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = variable(name); !value.empty()) return value;
  }
  return "";
}

// The words that huggingface_hub takes for yes.
bool is_true(std::string value) {
  for (char& c : value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

std::string strip(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::filesystem::path hub_home() {
  if (const std::string home = variable("HF_HOME"); !home.empty()) return expand_home(home);
  const std::string cache = variable("XDG_CACHE_HOME");
  return expand_home(cache.empty() ? "~/.cache" : cache) / "huggingface";
}

std::string read_token(const std::filesystem::path& home) {
  if (is_true(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return "";
  std::string token = strip(first_of({"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}));
  if (token.empty()) {
    const std::string named = variable("HF_TOKEN_PATH");
    const std::filesystem::path path = named.empty() ? home / "token" : expand_home(named);
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) token = strip(read_file(path));
  }
  // The token becomes a line of the request: a line break in it would start another header.
  const bool printable =
      std::all_of(token.begin(), token.end(), [](unsigned char c) { return std::isgraph(c) != 0; });
  if (!printable) {
    throw Error(ErrorCode::invalid_input,
                "the hub token (HF_TOKEN or the token file) holds characters that no token has; "
                "set HF_TOKEN to a token that begins with hf_");
  }
  return token;
}

std::string read_endpoint() {
  std::string endpoint = strip(variable("HF_ENDPOINT"));
  if (endpoint.empty()) return HubConfig{}.endpoint;
  while (endpoint.back() == '/') endpoint.pop_back();
  if (endpoint.rfind("http://", 0) != 0 && endpoint.rfind("https://", 0) != 0) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("HF_ENDPOINT is '{}'; it must begin with https:// or http://",
                            variable("HF_ENDPOINT")));
  }
  return endpoint;
}

int64_t read_stall_seconds(int64_t otherwise) {
  const std::string value = variable("HF_HUB_DOWNLOAD_TIMEOUT");
  if (value.empty()) return otherwise;
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc{} || end != value.data() + value.size() || seconds < 1 ||
      seconds > 86'400) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("HF_HUB_DOWNLOAD_TIMEOUT is '{}'; it must be whole seconds from 1 to 86400",
                    value));
  }
  return seconds;
}

std::vector<std::filesystem::path> search_dirs() {
  std::vector<std::filesystem::path> dirs;
  const std::string named = variable("JETSON_NLP_MODELS");
  for (size_t begin = 0; begin < named.size();) {
    const size_t end = std::min(named.find(':', begin), named.size());
    if (end > begin) dirs.push_back(expand_home(named.substr(begin, end - begin)));
    begin = end + 1;
  }
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path bin = program.parent_path();
    dirs.push_back(bin.parent_path() / "share/jetson-nlp/models");
    // A program that runs from where it was built finds the models of its source tree.
    const std::filesystem::path tree = bin.parent_path().parent_path();
    if (bin.parent_path().filename() == "build") dirs.push_back(tree / "models");
  }
  const std::string data = variable("XDG_DATA_HOME");
  dirs.push_back(expand_home(data.empty() ? "~/.local/share" : data) / "jetson-nlp/models");
  return dirs;
}

}  // namespace

std::filesystem::path expand_home(const std::string& path) {
  if (path != "~" && path.rfind("~/", 0) != 0) return path;
  const std::string home = variable("HOME");
  if (home.empty()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("'{}' needs the home directory, but HOME is not set", path));
  }
  return std::filesystem::path(home) / (path.size() > 2 ? path.substr(2) : "");
}

HubConfig HubConfig::from_environment() {
  HubConfig config;
  const std::filesystem::path home = hub_home();
  const std::string cache = first_of({"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"});
  config.endpoint = read_endpoint();
  config.cache_dir = cache.empty() ? home / "hub" : expand_home(cache);
  config.token = read_token(home);
  config.offline = is_true(first_of({"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}));
  config.use_symlinks = !is_true(variable("HF_HUB_DISABLE_SYMLINKS"));
  config.ca_file = first_of({"CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"});
  config.local_model_dirs = search_dirs();
  config.limits.stall_seconds = read_stall_seconds(config.limits.stall_seconds);
  return config;
}

}  // namespace jnlp
