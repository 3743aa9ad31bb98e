#include "hub/hub_errors.h"

#include <fmt/format.h>

#include <cctype>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

constexpr size_t kMaxQuoted = 200;

// What the server says about it, safe to print on a terminal: "" or " (its words)".
std::string server_message(const HttpResult& result) {
  std::string text = replace_invalid_utf8(result.header("x-error-message").substr(0, kMaxQuoted));
  for (char& c : text) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = ' ';
  }
  return text.empty() ? "" : " (the server says: " + text + ")";
}

[[noreturn]] void throw_fault(const HubConfig& config, const ModelName& name,
                              const HttpResult& result) {
  const std::string what =
      fmt::format("cannot fetch {} from {}: {}", name.text(), config.endpoint, result.detail);
  switch (result.fault) {
    case HttpFault::no_connection:
      throw Error(ErrorCode::io,
                  what +
                      "; check the network (HTTPS_PROXY, HF_ENDPOINT), or set HF_HUB_OFFLINE=1 "
                      "to use only what is in the cache");
    case HttpFault::bad_proxy:
      throw Error(ErrorCode::io, what + "; check HTTPS_PROXY and HTTP_PROXY");
    case HttpFault::bad_certificate:
      throw Error(ErrorCode::io, what +
                                     "; behind a proxy that opens TLS set CURL_CA_BUNDLE to the "
                                     "file with its certificate");
    case HttpFault::timeout:
      throw Error(ErrorCode::deadline,
                  what + "; what has arrived is kept: run the same command again to resume");
    case HttpFault::cut:
      throw Error(ErrorCode::io,
                  what + "; what has arrived is kept: run the same command again to resume");
    case HttpFault::refused_redirect:
      throw Error(ErrorCode::io, what + ", which is not followed; check HF_ENDPOINT");
    case HttpFault::too_large:
      throw Error(ErrorCode::io, what + "; its answer is larger than any the hub gives");
    default:
      throw Error(ErrorCode::io, what);
  }
}

[[noreturn]] void throw_no_access(const HubConfig& config, const ModelName& name,
                                  const HttpResult& result) {
  const std::string page = config.endpoint + "/" + name.id;
  const std::string code = result.header("x-error-code");
  if (code == "GatedRepo") {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is gated: accept its terms at {} and set HF_TOKEN to a token of "
                            "the account that accepted them{}",
                            name.id, page, server_message(result)));
  }
  if (!config.token.empty()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} refuses access to {} with the token that is set: check HF_TOKEN "
                            "and that its account may read {}{}",
                            config.endpoint, name.id, page, server_message(result)));
  }
  if (result.status == 401) {
    // Without a token the hub answers 401 for what does not exist, too.
    throw Error(ErrorCode::not_found,
                fmt::format("{} does not exist at {} or is private: check the name, and for a "
                            "private or gated model set HF_TOKEN and accept its terms at {}{}",
                            name.id, config.endpoint, page, server_message(result)));
  }
  throw Error(ErrorCode::invalid_input,
              fmt::format("{} refuses access to {}: set HF_TOKEN, and accept its terms at {}{}",
                          config.endpoint, name.id, page, server_message(result)));
}

[[noreturn]] void throw_not_found(const HubConfig& config, const ModelName& name,
                                  const HttpResult& result) {
  const std::string code = result.header("x-error-code");
  if (code == "RevisionNotFound") {
    throw Error(ErrorCode::not_found,
                fmt::format("{} has no revision '{}' at {}; give a branch, a tag or a full commit",
                            name.id, name.revision, config.endpoint));
  }
  if (code == "EntryNotFound") {
    throw Error(ErrorCode::not_found,
                fmt::format("a file of {} is gone from {}; run the same command again", name.text(),
                            config.endpoint));
  }
  throw Error(ErrorCode::not_found, fmt::format("there is no model '{}' at {}; check the name",
                                                name.id, config.endpoint));
}

}  // namespace

void throw_hub_error(const HubConfig& config, const ModelName& name, const HttpResult& result) {
  if (result.fault != HttpFault::none) throw_fault(config, name, result);
  if (result.status == 401 || result.status == 403) throw_no_access(config, name, result);
  if (result.status == 404) throw_not_found(config, name, result);
  if (result.status == 429 || result.status == 503) {
    const std::string pause = result.retry_after_s > 0
                                  ? fmt::format("in {} s", result.retry_after_s)
                                  : std::string("later");
    throw Error(ErrorCode::overloaded,
                fmt::format("{} is too busy for {} (HTTP {}); try again {}{}", config.endpoint,
                            name.text(), result.status, pause, server_message(result)));
  }
  throw Error(ErrorCode::io,
              fmt::format("{} answers HTTP {} for {}{}; {}", config.endpoint, result.status,
                          name.text(), server_message(result),
                          result.status >= 500 ? "try again later" : "check HF_ENDPOINT"));
}

}  // namespace jnlp
