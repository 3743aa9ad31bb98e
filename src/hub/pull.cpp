#include "hub/pull.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <memory>
#include <system_error>

#include "base/error.h"
#include "base/progress.h"
#include "hub/download.h"
#include "hub/file_lock.h"
#include "hub/file_selection.h"
#include "hub/hub_api.h"
#include "hub/hub_cache.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

int64_t size_or_zero(const fs::path& path) {
  std::error_code error;
  const auto size = static_cast<int64_t>(fs::file_size(path, error));
  return error ? 0 : size;
}

void check_free_space(const fs::path& folder, const ModelName& name, int64_t needed) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return;  // writing will tell
  const auto free = static_cast<unsigned long long>(info.f_bavail) * info.f_frsize;
  if (static_cast<unsigned long long>(needed) <= free) return;
  throw Error(ErrorCode::io,
              fmt::format("{} needs {:.1f} MB more on the disk of {}, which has {:.1f} MB free: "
                          "free some space or set HF_HUB_CACHE to another disk",
                          name.text(), static_cast<double>(needed) / 1e6, folder.string(),
                          static_cast<double>(free) / 1e6));
}

class Pull {
 public:
  Pull(const ModelName& name, const HubConfig& config, const PullOptions& options)
      : name_(name),
        config_(config),
        options_(options),
        cache_(config.cache_dir, config.use_symlinks),
        client_(config.limits, config.ca_file) {}

  PullResult run() {
    HubApi api(config_, client_);
    const RepoState state = api.fetch_state(name_);
    std::vector<RepoFile> files = select_runtime_files(name_, state.files);
    for (RepoFile& file : files) api.complete(name_, state.commit, &file);
    // Small files first: a wrong model is noticed before its weights are there.
    std::stable_sort(files.begin(), files.end(),
                     [](const RepoFile& a, const RepoFile& b) { return a.size < b.size; });
    result_.name = name_;
    result_.commit = state.commit;
    result_.path = cache_.snapshot_dir(name_.id, state.commit);
    if (!name_.file.empty()) result_.path /= name_.file;
    plan(files);
    for (const RepoFile& file : files) fetch(api, file);
    link(files);
    cache_.record(name_, state.commit, files);
    return std::move(result_);
  }

 private:
  // Two files of a model may have the same content, and thus the same blob.
  void link(const std::vector<RepoFile>& files) const {
    for (auto file = files.begin(); file != files.end(); ++file) {
      const bool wanted_later = std::any_of(
          file + 1, files.end(), [&](const RepoFile& other) { return other.blob == file->blob; });
      cache_.link(name_.id, result_.commit, *file, wanted_later);
    }
  }

  bool is_wanted(const RepoFile& file) const {
    return options_.force || !cache_.has_file(name_.id, result_.commit, file);
  }

  void plan(const std::vector<RepoFile>& files) {
    int64_t needed = 0;
    int64_t total = 0;
    for (const RepoFile& file : files) {
      if (!is_wanted(file)) continue;
      total += file.size;
      const int64_t there = size_or_zero(incomplete_path(cache_.blob_path(name_.id, file.blob)));
      needed += file.size - (there <= file.size ? there : 0);
    }
    if (total == 0) return;
    cache_.prepare(name_.id);
    check_free_space(cache_.repo_dir(name_.id), name_, needed);
    progress_ = std::make_unique<Progress>(name_.id, total, Progress::Unit::bytes);
  }

  void show(int64_t done, const std::string& note) {
    if (!progress_) return;
    progress_->note(note);
    progress_->set(done);
  }

  void fetch(const HubApi& api, const RepoFile& file) {
    bool downloaded = false;
    if (is_wanted(file)) {
      cache_.prepare(name_.id);
      const FileLock lock(cache_.lock_path(name_.id, file.blob),
                          [&] { show(done_, "waiting for another download"); });
      if (is_wanted(file)) {
        transfer(api, file);
        downloaded = true;
      }
      done_ += file.size;
      show(done_, "");
    }
    result_.files.push_back({file.path, file.size, downloaded});
    result_.bytes += file.size;
  }

  void transfer(const HubApi& api, const RepoFile& file) {
    const DownloadJob job{api.file_url(name_, result_.commit, file.path),
                          cache_.blob_path(name_.id, file.blob), file.size, file.blob,
                          options_.force};
    int64_t current = 0;
    const auto on_bytes = [&](int64_t bytes) {
      current = bytes;
      show(done_ + bytes, file.path);
    };
    const auto on_wait = [&](const std::string& text) { show(done_ + current, text); };
    result_.bytes_downloaded += download(config_, name_, client_, job, on_bytes, on_wait);
  }

  const ModelName& name_;
  const HubConfig& config_;
  const PullOptions& options_;
  HubCache cache_;
  HttpClient client_;
  std::unique_ptr<Progress> progress_;
  int64_t done_ = 0;
  PullResult result_;
};

}  // namespace

PullResult pull_model(const ModelName& name, const HubConfig& config, const PullOptions& options) {
  if (config.offline) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} cannot be fetched while HF_HUB_OFFLINE (or TRANSFORMERS_OFFLINE) "
                            "is set",
                            name.text()));
  }
  return Pull(name, config, options).run();
}

}  // namespace jnlp
