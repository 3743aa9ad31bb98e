#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hub/hub_config.h"
#include "hub/model_name.h"

namespace jnlp {

struct PullOptions {
  bool force = false;  ///< fetch again what is in the cache
};

struct PulledFile {
  std::string path;
  int64_t bytes = 0;
  bool downloaded = false;  ///< false when it was in the cache
};

struct PullResult {
  ModelName name;
  std::string commit;
  std::filesystem::path path;  ///< the snapshot's folder; with ModelName::file that file
  std::vector<PulledFile> files;
  int64_t bytes = 0;             ///< of all files
  int64_t bytes_downloaded = 0;  ///< what came over the network
};

/// Brings what a runtime needs of a model into the hub cache and shows progress on standard error.
/// The cache's idea of the revision changes only when everything is there, so a broken pull leaves
/// the older snapshot in use. Several processes may pull the same model at once.
/// @throws Error as resolve_model; invalid_input when `config` is offline.
PullResult pull_model(const ModelName& name, const HubConfig& config,
                      const PullOptions& options = {});

}  // namespace jnlp
