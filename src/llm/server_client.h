#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/json.h"
#include "net/http_client.h"

namespace jnlp {

/// A server of language models and what to tell people about it.
struct ServerAddress {
  std::string name;  ///< for people, for example "Ollama"
  std::string url;   ///< without a slash at the end
  std::string token = {};
  std::string start_hint;  ///< what to do when nothing answers there
  /// Without a byte for so long, a server is given up: it may have to load a model from a slow
  /// disk, or read a long prompt on a slow CPU.
  int64_t silence_seconds = 900;
};

/// Speaks JSON over HTTP with one server. Every function throws Error: not_found when nothing
/// answers, or for a model or path that is not there; io when a server that had answered went away,
/// or for nonsense from it; invalid_input for what it refuses; overloaded or deadline as it says.
class ServerClient {
 public:
  explicit ServerClient(ServerAddress address);

  const std::string& url() const { return address_.url; }

  Json get(const std::string& path);
  /// Nothing when the server knows no such path.
  std::optional<Json> find(const std::string& path);
  Json post(const std::string& path, const Json& body);
  /// A good answer goes to `sink` as it arrives.
  void stream(const std::string& path, const Json& body, BodySink* sink);
  /// Whether a HEAD of the path is answered well.
  bool has(const std::string& path);
  void upload(const std::string& path, const std::filesystem::path& file);

 private:
  HttpRequest request_to(const std::string& path, HttpMethod method) const;
  HttpResult checked(const HttpRequest& request);
  [[noreturn]] void fail(const HttpResult& result) const;

  ServerAddress address_;
  HttpClient http_;
  bool is_local_;
  bool has_answered_ = false;
};

/// What the body of an error says: its "error", "message" or "detail", in the forms that servers
/// have for it, else its beginning.
std::string error_text(const std::string& body);

/// The host means this machine.
bool is_loopback(const std::string& host);

}  // namespace jnlp
