#include "tokenize/files/load.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "tokenize/files/sentencepiece_class.h"

namespace jnlp::tok {
namespace {

namespace fs = std::filesystem;

Json object_in(const fs::path& file) {
  if (!fs::exists(file)) return Json::object();
  Json config = read_json_file(file);
  if (!config.is_object()) {
    throw Error(ErrorCode::invalid_input, file.string() + " does not hold an object");
  }
  return config;
}

bool is_model_file(const fs::path& file) {
  return file.extension() == ".model" || file.extension() == ".spm" ||
         file.extension() == ".tiktoken";
}

// The names under which models are published; without them any single model will do.
std::optional<fs::path> find_tokenizer(const fs::path& directory) {
  constexpr const char* kNames[] = {
      "tokenizer.json",  "sentencepiece.bpe.model",
      "spiece.model",    "spm.model",
      "tokenizer.model", "source.spm",
      "vocab.json",      "vocab.txt",
  };
  for (const char* name : kNames) {
    const fs::path file = directory / name;
    if (!fs::exists(file)) continue;
    if (file.filename() == "vocab.json" && !fs::exists(directory / "merges.txt")) continue;
    return file;
  }
  std::vector<fs::path> models;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file() && is_model_file(entry.path())) models.push_back(entry.path());
  }
  if (models.size() > 1) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} holds {} tokenizer models; name the file that is meant",
                            directory.string(), models.size()));
  }
  return models.empty() ? std::nullopt : std::optional(models[0]);
}

}  // namespace

void load_file(const fs::path& file, Tokenizer::Pipeline* pipeline) {
  const std::string name = file.filename().string();
  if (!fs::exists(file)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no file {}", file.string()));
  }
  if (is_model_file(file)) {
    return looks_like_tiktoken(file) ? load_tiktoken(file, pipeline)
                                     : load_sentencepiece(file, pipeline);
  }
  const Json config = object_in(file.parent_path() / "tokenizer_config.json");
  if (name == "vocab.json") {
    return load_vocab_and_merges(file, file.parent_path() / "merges.txt", config, pipeline);
  }
  if (file.extension() == ".json") {
    return load_tokenizer_json(read_file(file), file.string(), pipeline);
  }
  if (file.extension() == ".txt") return load_vocab_txt(file, config, pipeline);
  throw Error(ErrorCode::unsupported,
              fmt::format("{} is no tokenizer file that we know: give a tokenizer.json, vocab.txt, "
                          "vocab.json with merges.txt, or a SentencePiece or tiktoken model",
                          file.string()));
}

void load_directory(const fs::path& directory, Tokenizer::Pipeline* pipeline) {
  if (!fs::is_directory(directory)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no folder {}", directory.string()));
  }
  const std::optional<fs::path> file = find_tokenizer(directory);
  if (!file) {
    throw Error(ErrorCode::not_found,
                fmt::format("{} holds no tokenizer: none of tokenizer.json, a SentencePiece model, "
                            "vocab.json with merges.txt, or vocab.txt",
                            directory.string()));
  }
  const bool is_sentencepiece = is_model_file(*file) && !looks_like_tiktoken(*file);
  if (!is_sentencepiece) return load_file(*file, pipeline);
  const Json config = object_in(directory / "tokenizer_config.json");
  const std::string name = tokenizer_class(config, object_in(directory / "config.json"));
  if (name.empty()) return load_sentencepiece(*file, pipeline);
  load_sentencepiece_class(*file, name, config, pipeline);
}

}  // namespace jnlp::tok
