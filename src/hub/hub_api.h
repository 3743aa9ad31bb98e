#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/hub_config.h"
#include "hub/model_name.h"
#include "hub/retry.h"
#include "net/http_client.h"

namespace jnlp {

/// A file of a repository at one commit.
struct RepoFile {
  std::string path;   ///< relative, with '/', checked by is_safe_relative_path
  int64_t size = -1;  ///< bytes; -1 while unknown
  /// Its name in the cache and its checksum: SHA-256 of a large file, else the git blob id. Empty
  /// while unknown.
  std::string blob;
};

/// What a revision means now.
struct RepoState {
  std::string commit;
  std::vector<RepoFile> files;
};

/// The questions we ask the hub (docs: https://huggingface.co/docs/hub/api). Everything that comes
/// back is checked before it is believed.
class HubApi {
 public:
  HubApi(const HubConfig& config, HttpClient& client, WaitNotice notice = {});

  /// The commit of `name`'s revision and its files. Sizes and checksums come from the tree listing;
  /// a server without one leaves them open.
  /// @throws Error (see throw_hub_error), or io when the answer is not the hub's.
  RepoState fetch_state(const ModelName& name);

  /// Fills in size and blob of `file` by a HEAD request when they are open. @throws Error.
  void complete(const ModelName& name, const std::string& commit, RepoFile* file);

  std::string file_url(const ModelName& name, const std::string& commit,
                       const std::string& path) const;

 private:
  HttpResult get(const std::string& url);
  [[noreturn]] void fail(const ModelName& name, const HttpResult& result);
  bool list_tree(const ModelName& name, const std::string& commit, std::vector<RepoFile>* files);
  std::string model_url(const ModelName& name) const;

  const HubConfig& config_;
  HttpClient& client_;
  WaitNotice notice_;
};

/// The address behind rel="next" in a Link header; "" without one. See RFC 8288.
std::string next_page(const std::string& link_header);

/// An ETag without W/ and quotes.
std::string normalize_etag(std::string_view etag);

}  // namespace jnlp
