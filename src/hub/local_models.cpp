#include "hub/local_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>

#include "base/error.h"

namespace jnlp {

namespace fs = std::filesystem;

std::optional<fs::path> find_local_model(std::string_view name, const HubConfig& config) {
  if (!is_safe_relative_path(name)) return std::nullopt;
  for (const fs::path& folder : config.local_model_dirs) {
    const fs::path path = folder / name;
    if (looks_like_model_dir(path)) return path;
  }
  return std::nullopt;
}

ModelName hub_model_name(std::string_view text, const HubConfig& config) {
  if (text == kBaseModel) return parse_model_name(kBaseModelId);
  if (text != "sentiment" && text != "ner" && text != "qa") return parse_model_name(text);
  std::string folders;
  for (const fs::path& folder : config.local_model_dirs) {
    folders += (folders.empty() ? "" : ", ") + folder.string();
  }
  throw Error(ErrorCode::not_found,
              fmt::format("the model '{}' ships with jetson-nlp but is in none of {}; set "
                          "JETSON_NLP_MODELS to the folder that holds it",
                          text, folders));
}

bool looks_like_model_dir(const fs::path& directory) {
  constexpr std::array<std::string_view, 6> kNames = {"config.json",  "adapter_config.json",
                                                      "modules.json", "tokenizer.json",
                                                      "vocab.txt",    "vocab.json"};
  constexpr std::array<std::string_view, 4> kExtensions = {".safetensors", ".gguf", ".bin",
                                                           ".model"};
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const std::string extension = it->path().extension().string();
    if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
    if (std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace jnlp
