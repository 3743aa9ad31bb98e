#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "hub/hub_config.h"
#include "support/paths.h"

namespace jnlp::test {

/// The test's own hub (hub_server.py) on ports of this machine, for as long as the object lives.
class HubServer {
 public:
  /// With a certificate (a PEM file that also holds its key) hub and storage speak TLS.
  explicit HubServer(const std::filesystem::path& certificate = {});
  ~HubServer();
  HubServer(const HubServer&) = delete;
  HubServer& operator=(const HubServer&) = delete;

  /// False when there is no python3 to run it.
  bool is_running() const { return !ports_.is_null(); }

  std::string url(const std::string& server = "hub") const;

  /// Puts a model on the hub, or changes it; hub_server.py describes `scenario`.
  void set_model(const std::string& id, const Json& scenario) const;

  /// Requests so far, of one kind ("info", "tree", "file", "storage", "proxy"), for one file.
  std::vector<Json> requests(const std::string& kind = "", const std::string& file = "") const;

 private:
  TemporaryDir folder_;
  std::string scheme_;
  Json ports_;
  pid_t process_ = -1;
  int stdin_ = -1;
};

/// A small model in all formats that exist; its weights are `bytes` of noise on the storage server.
Json small_model(int64_t bytes = 200'000);

/// Settings that reach `server`, keep models in `cache`, and lose no time between attempts.
HubConfig fast_config(const HubServer& server, const std::filesystem::path& cache);

/// Names of all entries below `folder`, relative and sorted.
std::vector<std::string> files_below(const std::filesystem::path& folder);

}  // namespace jnlp::test
