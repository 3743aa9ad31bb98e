#include "hub/file_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/error.h"
#include "formats/model_dir.h"

namespace jnlp {
namespace {

constexpr std::array<std::string_view, 16> kPlainFiles = {
    "config.json",         "generation_config.json",
    "tokenizer.json",      "tokenizer_config.json",
    "vocab.txt",           "vocab.json",
    "merges.txt",          "added_tokens.json",
    "modules.json",        "special_tokens_map.json",
    "adapter_config.json", "sentence_bert_config.json",
    "chat_template.jinja", "config_sentence_transformers.json",
    "chat_template.json",  kActivationRangesFile};
constexpr std::string_view kWeights = "model.safetensors";
constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::string_view kAdapter = "adapter_model.safetensors";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_in_root(std::string_view path) {
  return path.find('/') == std::string_view::npos;
}

// "model-00001-of-00003.safetensors"
bool is_shard(std::string_view path) {
  constexpr std::string_view kBegin = "model-";
  constexpr std::string_view kEnd = ".safetensors";
  if (path.substr(0, kBegin.size()) != kBegin || !ends_with(path, kEnd)) return false;
  path = path.substr(kBegin.size(), path.size() - kBegin.size() - kEnd.size());
  const size_t of = path.find("-of-");
  return of != std::string_view::npos && is_digits(path.substr(0, of)) &&
         is_digits(path.substr(of + 4));
}

// "1_Pooling/config.json", "2_Dense/model.safetensors": the modules of sentence-transformers.
bool is_module_file(std::string_view path) {
  const size_t slash = path.find('/');
  const size_t underscore = path.find('_');
  if (slash == std::string_view::npos || underscore > slash) return false;
  if (!is_digits(path.substr(0, underscore))) return false;
  const std::string_view file = path.substr(slash + 1);
  return file == "config.json" || file == kWeights;
}

bool is_support_file(std::string_view path) {
  if (!is_in_root(path)) return is_module_file(path);
  return std::find(kPlainFiles.begin(), kPlainFiles.end(), path) != kPlainFiles.end() ||
         ends_with(path, ".model");  // SentencePiece
}

bool is_pickle(std::string_view path) {
  return ends_with(path, ".bin") || ends_with(path, ".pt") || ends_with(path, ".pth");
}

bool has(const std::vector<RepoFile>& files, std::string_view path) {
  return std::any_of(files.begin(), files.end(),
                     [&](const RepoFile& file) { return file.path == path; });
}

[[noreturn]] void throw_no_weights(const ModelName& name, const std::vector<RepoFile>& files) {
  std::string gguf;
  bool pickle = false;
  for (const RepoFile& file : files) {
    pickle = pickle || is_pickle(file.path);
    if (ends_with(file.path, ".gguf")) {
      if (gguf.empty()) gguf = file.path;
    }
  }
  if (!gguf.empty()) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} holds GGUF files and no model.safetensors: name the one you want, "
                            "for example {}:{}",
                            name.text(), name.text(), gguf));
  }
  if (pickle) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{} has its weights only as a pickle, which can run code when it is loaded "
                    "and is never read here: use a revision with model.safetensors, or save the "
                    "model once with safe_serialization=True in transformers",
                    name.text()));
  }
  throw Error(
      ErrorCode::not_found,
      fmt::format("{} has no model.safetensors; is it a model for another runtime?", name.text()));
}

}  // namespace

std::vector<RepoFile> select_runtime_files(const ModelName& name,
                                           const std::vector<RepoFile>& files) {
  const bool single = has(files, kWeights);
  const bool sharded = !single && has(files, kIndex);
  const bool adapter = has(files, kAdapter);
  if (!name.file.empty()) {
    if (!has(files, name.file) || !ends_with(name.file, ".gguf")) {
      throw Error(ErrorCode::not_found,
                  fmt::format("{} has no GGUF file '{}'", name.id, name.file));
    }
  } else if (!single && !sharded && !adapter) {
    throw_no_weights(name, files);
  }
  std::vector<RepoFile> selected;
  for (const RepoFile& file : files) {
    const bool weights = (single && file.path == kWeights) ||
                         (sharded && (file.path == kIndex || is_shard(file.path))) ||
                         (adapter && file.path == kAdapter);
    const bool wanted = name.file.empty() ? weights : file.path == name.file;
    if (wanted || is_support_file(file.path)) selected.push_back(file);
  }
  return selected;
}

}  // namespace jnlp
