#include "hub/download.h"

#include <fmt/format.h>

#include "base/error.h"
#include "hub/hub_errors.h"
#include "hub/partial_file.h"

namespace jnlp {
namespace {

// An attempt that brought this much counts as progress: a line that breaks every few minutes still
// gets through, one that breaks after every byte does not.
constexpr int64_t kProgressBytes = int64_t{1} << 20;
constexpr int kRangeNotSatisfiable = 416;

class Fetch {
 public:
  Fetch(const HubConfig& config, const ModelName& name, HttpClient& client, const DownloadJob& job,
        const WaitNotice& notice)
      : config_(config), name_(name), client_(client), job_(job), retrier_(config.limits, notice) {}

  /// Until the file is full. @throws WrongContent, Error.
  void fill(PartialFile* file) {
    while (!file->is_full()) {
      const int64_t received = file->received();
      HttpResult result = request(file);
      if (result.ok() && file->is_full()) return;
      if (result.status == kRangeNotSatisfiable && file->bytes() > 0) {
        file->restart();  // what we have is no beginning of the file any more
        continue;
      }
      if (result.ok()) {
        result.fault = HttpFault::cut;
        result.detail = "the answer ended early";
      }
      if (file->received() - received >= kProgressBytes) retrier_.progress_made();
      if (!retrier_.wait_before_retry(result)) throw_hub_error(config_, name_, result);
    }
  }

 private:
  HttpResult request(PartialFile* file) {
    HttpRequest request;
    request.url = job_.url;
    request.token = config_.token;
    request.range_from = file->bytes();
    request.sink = file;
    return client_.perform(request);
  }

  const HubConfig& config_;
  const ModelName& name_;
  HttpClient& client_;
  const DownloadJob& job_;
  Retrier retrier_;
};

}  // namespace

std::filesystem::path incomplete_path(const std::filesystem::path& target) {
  return target.string() + ".incomplete";
}

int64_t download(const HubConfig& config, const ModelName& name, HttpClient& client,
                 const DownloadJob& job, const std::function<void(int64_t)>& on_bytes,
                 const WaitNotice& notice) {
  PartialFile file(incomplete_path(job.target), job.size, job.checksum, on_bytes);
  if (job.from_start) file.restart();
  for (bool second = false;; second = true) {
    try {
      Fetch(config, name, client, job, notice).fill(&file);
      file.finish(job.target);
      return file.received();
    } catch (const WrongContent& wrong) {
      if (second) {
        file.remove();
        throw Error(ErrorCode::io,
                    fmt::format("{} is not what {} lists: {}; it was thrown away twice and nothing "
                                "of it is in the cache. Try again later",
                                job.url, config.endpoint, wrong.what));
      }
      file.restart();
    }
  }
}

}  // namespace jnlp
