#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "base/error.h"
#include "hub/foreign_snapshot.h"
#include "hub/hub.h"
#include "hub/hub_cache.h"
#include "hub/hub_config.h"
#include "hub/local_models.h"
#include "hub/model_name.h"
#include "hub/pull.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// A word such as "ner" may also be a folder of something else: only a path that is written as one,
// or a folder with a model in it, is taken.
std::optional<fs::path> find_path(std::string_view name) {
  const fs::path path = expand_home(std::string(name));
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (is_path_like(name) || looks_like_model_dir(path)) return path;
    return std::nullopt;
  }
  if (!fs::exists(path, ignored)) return std::nullopt;
  if (path.extension() == ".gguf") return path;
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path model_path(const HubCache& cache, const ModelName& name, const std::string& commit) {
  const fs::path snapshot = cache.snapshot_dir(name.id, commit);
  return name.file.empty() ? snapshot : snapshot / name.file;
}

// A snapshot that is certainly all there.
std::optional<fs::path> find_complete(const HubCache& cache, const ModelName& name) {
  const auto commit = cache.find_commit(name.id, name.revision);
  if (!commit) return std::nullopt;
  const fs::path path = model_path(cache, name, *commit);
  std::error_code ignored;
  const bool complete =
      name.file.empty() ? cache.is_complete(name.id, *commit) : fs::is_regular_file(path, ignored);
  return complete ? std::optional(path) : std::nullopt;
}

// One that another program put there and that has enough to run.
std::optional<fs::path> find_usable(const HubCache& cache, const ModelName& name) {
  const auto commit = cache.find_commit(name.id, name.revision);
  if (!commit || !name.file.empty()) return std::nullopt;
  const fs::path path = model_path(cache, name, *commit);
  return looks_usable(path) ? std::optional(path) : std::nullopt;
}

[[noreturn]] void throw_offline(const HubConfig& config, const ModelName& name) {
  throw Error(ErrorCode::not_found,
              fmt::format("{} is not (or not wholly) in the cache {} and HF_HUB_OFFLINE or "
                          "TRANSFORMERS_OFFLINE is set; unset it, or run 'jetson-nlp pull {}' "
                          "where there is a network and copy the cache",
                          name.text(), config.cache_dir.string(), name.text()));
}

// Completes what another program left. A hub that does not answer, or no longer gives the model, is
// no reason to fail when what is there is enough.
fs::path complete_or_use(const HubConfig& config, const ModelName& name,
                         const std::optional<fs::path>& usable) {
  HubConfig patient = config;
  if (usable) patient.limits.max_attempts = patient.limits.max_connect_attempts = 1;
  try {
    return pull_model(name, patient).path;
  } catch (const Error&) {
    if (usable) return *usable;
    throw;
  }
}

fs::path resolve_hub_model(const HubConfig& config, const ModelName& name) {
  const HubCache cache(config.cache_dir, config.use_symlinks);
  if (const auto path = find_complete(cache, name)) return *path;
  const auto usable = find_usable(cache, name);
  if (config.offline && usable) return *usable;
  if (name.id == kBaseModelId && name.revision == "main" && name.file.empty() && !usable) {
    if (const auto path = find_local_model(kBaseModel, config)) return *path;
  }
  if (config.offline) throw_offline(config, name);
  return complete_or_use(config, name, usable);
}

}  // namespace

fs::path resolve_model(std::string_view name, const HubConfig& config) {
  if (name.empty()) throw Error(ErrorCode::invalid_input, "the name of the model is empty");
  if (const auto path = find_path(name)) return *path;
  if (is_path_like(name)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no file or directory {}", name));
  }
  if (const auto path = find_local_model(name, config)) return *path;
  return resolve_hub_model(config, hub_model_name(name, config));
}

fs::path resolve_model(std::string_view name) {
  return resolve_model(name, HubConfig::from_environment());
}

}  // namespace jnlp
