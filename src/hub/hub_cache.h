#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hub/hub_api.h"

namespace jnlp {

/// A model in the cache, for listings.
struct CachedModel {
  std::string id;
  std::vector<std::string> revisions;  ///< names of refs, for example "main"
  std::vector<std::string> commits;    ///< snapshots that are there
  int64_t bytes = 0;                   ///< of the files that are whole
  int64_t partial_bytes = 0;           ///< of downloads that were broken off
  std::filesystem::path path;
};

/// The cache of Python's huggingface_hub, read and written in its layout:
///   models--org--name/blobs/<checksum>              the files, each once
///   models--org--name/snapshots/<commit>/<path>     relative symbolic links to blobs
///   models--org--name/refs/<revision>               the commit, as text
///   .locks/models--org--name/<checksum>.lock        flock(2) while a blob is fetched
/// Of ours is models--org--name/.jetson-nlp/<commit>.json: the files of a snapshot that we
/// completed. A snapshot without it may hold only what another program wanted.
class HubCache {
 public:
  explicit HubCache(std::filesystem::path root, bool use_symlinks = true);

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path repo_dir(const std::string& id) const;
  std::filesystem::path blob_path(const std::string& id, const std::string& blob) const;
  std::filesystem::path lock_path(const std::string& id, const std::string& blob) const;
  std::filesystem::path snapshot_dir(const std::string& id, const std::string& commit) const;

  /// The commit that `revision` meant when it was last fetched.
  std::optional<std::string> find_commit(const std::string& id, const std::string& revision) const;

  /// The file is whole in the cache: as a blob, or in the snapshot where links cannot be made.
  bool has_file(const std::string& id, const std::string& commit, const RepoFile& file) const;

  /// Makes the folders a download needs. @throws Error io.
  void prepare(const std::string& id) const;

  /// Shows a blob in a snapshot: by a relative symbolic link, or where the file system has none by
  /// moving it there, or a copy with `keep_blob`. @throws Error io.
  void link(const std::string& id, const std::string& commit, const RepoFile& file,
            bool keep_blob) const;

  /// Notes what a revision means, and that `files` are all of `commit`. Failing to write is no
  /// error: a read-only cache is still a good one.
  void record(const ModelName& name, const std::string& commit,
              const std::vector<RepoFile>& files) const;

  /// A snapshot that record() named and whose files are all still there.
  bool is_complete(const std::string& id, const std::string& commit) const;

  /// @throws Error io when the cache cannot be read; an absent cache is empty.
  std::vector<CachedModel> list() const;

 private:
  std::filesystem::path record_path(const std::string& id, const std::string& commit) const;

  std::filesystem::path root_;
  bool use_symlinks_;
};

}  // namespace jnlp
