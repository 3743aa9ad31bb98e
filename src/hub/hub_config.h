#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "net/http_client.h"

namespace jnlp {

/// Bounds on waiting and on trying again. What is broken off for being slow is resumed.
struct NetworkLimits : HttpLimits {
  /// Attempts in a row without progress before giving up; fewer when no connection can be made.
  int max_attempts = 5;
  int max_connect_attempts = 3;
  /// First pause between attempts; it doubles up to the maximum, with jitter.
  int64_t backoff_ms = 1'000;
  int64_t max_backoff_ms = 30'000;
  /// A server that asks for a longer pause (Retry-After) is not waited for.
  int64_t max_retry_after_s = 300;
};

/// Where models come from and where they are kept. Fields are named after what they do; the
/// variables of the environment that set them are those of Python's huggingface_hub.
struct HubConfig {
  std::string endpoint = "https://huggingface.co";  ///< HF_ENDPOINT, without a slash at the end
  std::filesystem::path cache_dir;  ///< HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME/hub
  std::string token;                ///< HF_TOKEN, or the content of HF_TOKEN_PATH; may be empty
  bool offline = false;             ///< HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE
  bool use_symlinks = true;         ///< false with HF_HUB_DISABLE_SYMLINKS
  std::string ca_file;              ///< CURL_CA_BUNDLE, SSL_CERT_FILE or REQUESTS_CA_BUNDLE
  /// Folders with models by name that did not come from the hub, in the order they are searched.
  std::vector<std::filesystem::path> local_model_dirs;
  NetworkLimits limits;

  /// @throws Error invalid_input when a variable has no usable value.
  static HubConfig from_environment();
};

/// `path` with a leading "~" replaced by the home directory.
std::filesystem::path expand_home(const std::string& path);

}  // namespace jnlp
