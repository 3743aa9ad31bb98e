#include "hub/hub_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "hub/file_selection.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "models--";

bool is_file_of_size(const fs::path& path, int64_t size) {
  std::error_code error;
  return fs::is_regular_file(path, error) &&
         static_cast<int64_t>(fs::file_size(path, error)) == size;
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(ErrorCode::io,
                fmt::format("cannot make the folder {}: {}; set HF_HUB_CACHE to a folder that can "
                            "be written",
                            path.string(), error.message()));
  }
}

std::string folder_name(const std::string& id) {
  std::string name(kPrefix);
  for (const char c : id) name += c == '/' ? std::string("--") : std::string(1, c);
  return name;
}

std::string id_of(const std::string& folder) {
  std::string id = folder.substr(kPrefix.size());
  if (const size_t dashes = id.find("--"); dashes != std::string::npos) id.replace(dashes, 2, "/");
  return id;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Follows refs/ downwards: a revision such as "refs/pr/1" is a path there.
std::vector<std::string> revisions_below(const fs::path& refs) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator it(refs, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) names.push_back(it->path().lexically_relative(refs).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Each file once, although several snapshots may link to it.
void add_sizes(const fs::path& repo, CachedModel* model) {
  std::set<fs::path> seen;
  for (const char* part : {"blobs", "snapshots"}) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(repo / part, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code unreadable;
      if (!fs::is_regular_file(it->path(), unreadable)) continue;
      const fs::path file = fs::canonical(it->path(), unreadable);
      if (!seen.insert(file).second) continue;
      const auto size = static_cast<int64_t>(fs::file_size(file, unreadable));
      if (unreadable) continue;
      (file.extension() == ".incomplete" ? model->partial_bytes : model->bytes) += size;
    }
  }
}

}  // namespace

HubCache::HubCache(fs::path root, bool use_symlinks)
    : root_(std::move(root)), use_symlinks_(use_symlinks) {}

fs::path HubCache::repo_dir(const std::string& id) const {
  return root_ / folder_name(id);
}

fs::path HubCache::blob_path(const std::string& id, const std::string& blob) const {
  return repo_dir(id) / "blobs" / blob;
}

fs::path HubCache::lock_path(const std::string& id, const std::string& blob) const {
  return root_ / ".locks" / folder_name(id) / (blob + ".lock");
}

fs::path HubCache::snapshot_dir(const std::string& id, const std::string& commit) const {
  return repo_dir(id) / "snapshots" / commit;
}

fs::path HubCache::record_path(const std::string& id, const std::string& commit) const {
  return repo_dir(id) / ".jetson-nlp" / (commit + ".json");
}

std::optional<std::string> HubCache::find_commit(const std::string& id,
                                                 const std::string& revision) const {
  if (is_commit_id(revision)) return revision;
  const fs::path ref = repo_dir(id) / "refs" / revision;
  std::error_code ignored;
  if (!fs::is_regular_file(ref, ignored)) return std::nullopt;
  std::string commit = read_file(ref);
  commit.erase(std::find_if(commit.begin(), commit.end(), [](char c) { return c <= ' '; }),
               commit.end());
  if (!is_commit_id(commit)) return std::nullopt;
  return commit;
}

bool HubCache::has_file(const std::string& id, const std::string& commit,
                        const RepoFile& file) const {
  return is_file_of_size(blob_path(id, file.blob), file.size) ||
         is_file_of_size(snapshot_dir(id, commit) / file.path, file.size);
}

void HubCache::prepare(const std::string& id) const {
  make_folder(repo_dir(id) / "blobs");
  make_folder(lock_path(id, "any").parent_path());
  const fs::path tag = root_ / "CACHEDIR.TAG";  // backup programs skip folders that have it
  std::error_code ignored;
  if (fs::exists(tag, ignored)) return;
  try {
    write_file(tag, "Signature: 8a477f597d28d172789f06886806bc55\n");
  } catch (const Error&) {
    // Only a courtesy to others.
  }
}

void HubCache::link(const std::string& id, const std::string& commit, const RepoFile& file,
                    bool keep_blob) const {
  const fs::path blob = blob_path(id, file.blob);
  const fs::path place = snapshot_dir(id, commit) / file.path;
  std::error_code error;
  if (!fs::exists(blob, error)) return;  // an earlier run moved it to its place, see below
  if (fs::equivalent(blob, place, error)) return;
  make_folder(place.parent_path());
  if (use_symlinks_) {
    const fs::path target = blob.lexically_relative(place.parent_path());
    fs::remove(place, error);
    fs::create_symlink(target, place, error);
    if (!error || (error == std::errc::file_exists && fs::equivalent(blob, place, error))) return;
  }
  const fs::path source = keep_blob ? fs::path(blob.string() + ".copy") : blob;
  error.clear();
  if (keep_blob) fs::copy_file(blob, source, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(source, place, error);
  if (error) {
    throw Error(ErrorCode::io,
                fmt::format("cannot put {} into its place: {}", place.string(), error.message()));
  }
}

void HubCache::record(const ModelName& name, const std::string& commit,
                      const std::vector<RepoFile>& files) const {
  Json json = {{"selection", kSelectionVersion}, {"files", Json::array()}};
  for (const RepoFile& file : files)
    json["files"].push_back({{"path", file.path}, {"size", file.size}});
  try {
    if (name.file.empty()) {
      make_folder(record_path(name.id, commit).parent_path());
      write_file(record_path(name.id, commit), dump_json(json));
    }
    if (name.revision == commit || find_commit(name.id, name.revision) == commit) return;
    const fs::path ref = repo_dir(name.id) / "refs" / name.revision;
    make_folder(ref.parent_path());
    write_file(ref, commit);
  } catch (const Error&) {
    // The next run asks the server again, that is all.
  }
}

bool HubCache::is_complete(const std::string& id, const std::string& commit) const {
  try {
    const Json json = read_json_file(record_path(id, commit));
    if (json.at("selection") != kSelectionVersion) return false;
    for (const Json& file : json.at("files")) {
      const auto path = file.at("path").get<std::string>();
      if (!is_file_of_size(snapshot_dir(id, commit) / path, file.at("size").get<int64_t>())) {
        return false;
      }
    }
    return true;
  } catch (const Error&) {
    return false;
  } catch (const Json::exception&) {
    return false;
  }
}

std::vector<CachedModel> HubCache::list() const {
  std::vector<CachedModel> models;
  std::error_code error;
  if (!fs::exists(root_, error)) return models;
  fs::directory_iterator readable(root_, error);
  if (error) {
    throw Error(ErrorCode::io,
                fmt::format("cannot read the model cache {}: {}", root_.string(), error.message()));
  }
  for (const fs::path& repo : entries_of(root_)) {
    const std::string folder = repo.filename().string();
    if (folder.rfind(kPrefix, 0) != 0) continue;
    CachedModel model;
    model.id = id_of(folder);
    model.revisions = revisions_below(repo / "refs");
    for (const fs::path& commit : entries_of(repo / "snapshots")) {
      model.commits.push_back(commit.filename().string());
    }
    add_sizes(repo, &model);
    model.path = repo;
    models.push_back(std::move(model));
  }
  return models;
}

}  // namespace jnlp
