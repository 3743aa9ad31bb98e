#include "formats/model_dir.h"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <system_error>

#include "base/error.h"
#include "formats/tokenizer_files.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

bool has_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool has_directory(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

Json read_object(const fs::path& path) {
  Json json = read_json_file(path);
  if (!json.is_object()) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} is not a JSON object", path.string()));
  }
  return json;
}

[[noreturn]] void refuse_pickle(const fs::path& directory, std::string_view file,
                                std::string_view wanted) {
  throw Error(ErrorCode::unsupported,
              fmt::format("{} has its weights only as the pickle {}, which can run code when it is "
                          "loaded and is never read here: use a revision with {}, or save the "
                          "model once with safe_serialization=True in transformers",
                          directory.string(), file, wanted));
}

// A shard's name comes from a file that may be hostile: it may not leave the directory.
fs::path shard_path(const fs::path& index, const std::string& name) {
  const fs::path file(name);
  if (name.empty() || file.filename() != file || !has_file(index.parent_path() / file)) {
    throw Error(ErrorCode::not_found,
                fmt::format("{} names the shard '{}', which is not in its directory; fetch the "
                            "model again",
                            index.string(), name));
  }
  return index.parent_path() / file;
}

std::vector<fs::path> read_shards(const fs::path& index) {
  const Json json = read_object(index);
  const auto weight_map = json.find("weight_map");
  if (weight_map == json.end() || !weight_map->is_object() || weight_map->empty()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} has no weight_map from tensors to files", index.string()));
  }
  std::set<std::string> names;
  for (const auto& [tensor, file] : weight_map->items()) {
    if (!file.is_string()) {
      throw Error(ErrorCode::invalid_input, fmt::format("{}: the file of tensor '{}' is not a "
                                                        "string",
                                                        index.string(), tensor));
    }
    names.insert(file.get<std::string>());
  }
  std::vector<fs::path> shards;
  shards.reserve(names.size());
  for (const std::string& name : names) shards.push_back(shard_path(index, name));
  return shards;
}

std::vector<fs::path> find_weights(const fs::path& directory) {
  if (has_file(directory / "model.safetensors")) return {directory / "model.safetensors"};
  const fs::path index = directory / "model.safetensors.index.json";
  if (has_file(index)) return read_shards(index);
  if (has_file(directory / kPreparedFile)) return {};
  for (const char* pickle : {"pytorch_model.bin", "pytorch_model.bin.index.json"}) {
    if (has_file(directory / pickle)) refuse_pickle(directory, pickle, "model.safetensors");
  }
  throw Error(ErrorCode::not_found,
              fmt::format("{} has neither model.safetensors nor model.safetensors.index.json",
                          directory.string()));
}

void set_tokenizer(const fs::path& directory, ModelDir* model) {
  model->tokenizer_path = directory;
  const fs::path config = directory / "tokenizer_config.json";
  model->tokenizer_config = has_file(config) ? read_object(config) : Json();
}

// Files that only jetson-nlp makes and reads.
void set_own_files(const fs::path& directory, ModelDir* model) {
  const auto if_there = [&](std::string_view name) {
    const fs::path file = directory / name;
    return has_file(file) ? std::optional(file) : std::nullopt;
  };
  model->prepared_file = if_there(kPreparedFile);
  model->ranges_file = if_there(kActivationRangesFile);
}

ModelDir open_full(const fs::path& directory) {
  const fs::path config = directory / "config.json";
  if (!has_file(config)) {
    throw Error(
        ErrorCode::not_found,
        fmt::format("{} is not a model directory: it has no config.json", directory.string()));
  }
  ModelDir model;
  model.path = directory;
  model.base_path = directory;
  model.config = read_object(config);
  const fs::path generation = directory / "generation_config.json";
  if (has_file(generation)) model.generation_config = read_object(generation);
  model.weight_files = find_weights(directory);
  set_own_files(directory, &model);
  set_tokenizer(directory, &model);
  return model;
}

fs::path find_base_directory(const fs::path& adapter, const std::string& name,
                             const BaseResolver& find_base) {
  // For an absolute name the operator gives that path itself.
  const fs::path beside = adapter / name;
  if (has_directory(beside)) return beside.lexically_normal();
  if (find_base) return find_base(name);
  throw Error(ErrorCode::not_found,
              fmt::format("the adapter {} adapts the model '{}', which is not there; fetch it and "
                          "set base_model_name_or_path in adapter_config.json to its directory",
                          adapter.string(), name));
}

ModelDir open_adapter(const fs::path& directory, const BaseResolver& find_base) {
  const fs::path weights = directory / "adapter_model.safetensors";
  if (!has_file(weights)) {
    if (has_file(directory / "adapter_model.bin")) {
      refuse_pickle(directory, "adapter_model.bin", "adapter_model.safetensors");
    }
    throw Error(ErrorCode::not_found,
                fmt::format("{} has no adapter_model.safetensors", directory.string()));
  }
  const Json adapter_config = read_object(directory / "adapter_config.json");
  const auto name = adapter_config.find("base_model_name_or_path");
  if (name == adapter_config.end() || !name->is_string() ||
      name->get_ref<const std::string&>().empty()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}/adapter_config.json does not name the model that it adapts "
                            "(base_model_name_or_path)",
                            directory.string()));
  }
  const fs::path base = find_base_directory(directory, name->get<std::string>(), find_base);
  if (has_file(base / "adapter_config.json")) {
    throw Error(ErrorCode::unsupported,
                fmt::format("the base {} of the adapter {} is an adapter itself; merge it into a "
                            "full model first",
                            base.string(), directory.string()));
  }
  ModelDir model = open_full(base);
  model.path = directory;
  model.adapter_file = weights;
  model.adapter_config = adapter_config;
  set_own_files(directory, &model);
  if (has_file(directory / "config.json")) {
    model.config.update(read_object(directory / "config.json"));
  }
  if (has_tokenizer(directory)) set_tokenizer(directory, &model);
  return model;
}

size_t label_index(const std::string& key, size_t labels) {
  size_t index = 0;
  const char* end = key.data() + key.size();
  const auto [stopped, error] = std::from_chars(key.data(), end, index);
  if (error != std::errc() || stopped != end || index >= labels) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("config.json: id2label must name each of 0 to {} once; it has the key "
                            "'{}'",
                            labels - 1, key));
  }
  return index;
}

}  // namespace

ModelDir ModelDir::open(const fs::path& directory, const BaseResolver& find_base) {
  if (!has_directory(directory)) {
    std::error_code ignored;
    if (fs::exists(directory, ignored)) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{} is a file; give the directory of the model (with config.json and "
                              "model.safetensors)",
                              directory.string()));
    }
    throw Error(ErrorCode::not_found,
                fmt::format("there is no model directory {}", directory.string()));
  }
  if (has_file(directory / "adapter_config.json")) return open_adapter(directory, find_base);
  return open_full(directory);
}

fs::path ModelDir::modules_path() const {
  return has_file(path / "modules.json") ? path : base_path;
}

std::vector<std::string> label_names(const Json& config) {
  const auto map = config.find("id2label");
  if (map == config.end() || !map->is_object() || map->empty()) {
    const auto count = config.find("num_labels");
    int64_t labels = 2;
    if (count != config.end() && count->is_number_integer()) labels = count->get<int64_t>();
    constexpr int64_t kMaxLabels = 1'000'000;
    if (labels < 1 || labels > kMaxLabels) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("config.json: num_labels is {}, which makes no sense", labels));
    }
    std::vector<std::string> names;
    for (int64_t i = 0; i < labels; ++i) names.push_back(fmt::format("LABEL_{}", i));
    return names;
  }
  std::vector<std::string> names(map->size());
  for (const auto& [key, name] : map->items()) {
    if (!name.is_string()) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("config.json: the label '{}' of id2label is not a string", key));
    }
    names[label_index(key, names.size())] = name.get<std::string>();
  }
  return names;
}

}  // namespace jnlp
