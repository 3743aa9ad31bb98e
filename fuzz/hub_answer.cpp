// What a model hub says of its files, and addresses that it sends us to: no path leaves the folder
// that it is meant for, no redirect leads from https to http, and names of models mean one thing.
#include <filesystem>
#include <string>

#include "hub/hub_api.h"
#include "hub/model_name.h"
#include "net/http_client.h"
#include "target.h"

namespace {

using namespace jnlp;

void check_path(const std::string& path) {
  if (!is_safe_relative_path(path)) return;
  const std::filesystem::path below =
      (std::filesystem::path("/folder") / path).lexically_normal().lexically_relative("/folder");
  JNLP_HOLDS(!below.empty() && *below.begin() != "..");
  JNLP_HOLDS(below.string() == path);
}

void check_url(const std::string& url) {
  if (const auto authority = authority_of(url)) {
    JNLP_HOLDS(!authority->host.empty());
    JNLP_HOLDS(authority->port >= 0 && authority->port <= 65535);
    JNLP_HOLDS(is_same_origin(url, url));
    JNLP_HOLDS(!is_same_origin(url, "https://hub.example") || authority->host == "hub.example");
  }
  if (is_redirect_allowed("https://hub.example/a", url)) {
    JNLP_HOLDS(url.size() > 5 && (url[4] == 's' || url[4] == 'S'));
  }
}

void check_quoting(const std::string& text) {
  for (const char c : quote_url(text, false)) {
    JNLP_HOLDS(c > 0x20 && c < 0x7f && c != '/' && c != '?' && c != '#' && c != '&');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(fuzz::as_text(data, size));
  check_path(text);
  check_url(text);
  check_quoting(text);
  const std::string page = next_page(text);
  JNLP_HOLDS(text.find(page) != std::string::npos);
  check_url(page);
  JNLP_HOLDS(text.find(normalize_etag(text)) != std::string::npos);
  is_path_like(text);
  fuzz::accepts([&] {
    const ModelName name = parse_model_name(text);
    check_quoting(name.id);
    const ModelName again = parse_model_name(name.text());
    JNLP_HOLDS(again.id == name.id && again.revision == name.revision && again.file == name.file);
  });
  return 0;
}
