#include "hub/foreign_snapshot.h"

#include <string>

#include "base/json.h"
#include "formats/tokenizer_files.h"
#include "hub/model_name.h"

namespace jnlp {

namespace fs = std::filesystem;

namespace {

bool has_all_weights(const fs::path& snapshot) {
  if (fs::is_regular_file(snapshot / "model.safetensors")) return true;
  const fs::path index = snapshot / "model.safetensors.index.json";
  if (!fs::is_regular_file(index)) return false;
  const Json json = read_json_file(index);
  for (const Json& shard : json.at("weight_map")) {
    const auto name = shard.get<std::string>();
    if (!is_safe_relative_path(name) || !fs::is_regular_file(snapshot / name)) return false;
  }
  return true;
}

}  // namespace

bool looks_usable(const fs::path& snapshot) {
  try {
    if (fs::is_regular_file(snapshot / "adapter_config.json")) {
      return fs::is_regular_file(snapshot / "adapter_model.safetensors");
    }
    return fs::is_regular_file(snapshot / "config.json") && has_all_weights(snapshot) &&
           has_tokenizer(snapshot);
  } catch (const std::exception&) {
    return false;  // unreadable or damaged is not usable
  }
}

}  // namespace jnlp
