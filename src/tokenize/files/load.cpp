#include "tokenize/files/load.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"

namespace jnlp::tok {
namespace {

namespace fs = std::filesystem;

Json config_of(const fs::path& directory) {
  const fs::path file = directory / "tokenizer_config.json";
  if (!fs::exists(file)) return Json::object();
  Json config = read_json_file(file);
  if (!config.is_object()) {
    throw Error(ErrorCode::invalid_input, file.string() + " does not hold an object");
  }
  return config;
}

}  // namespace

void load_file(const fs::path& file, Tokenizer::Pipeline* pipeline) {
  const std::string name = file.filename().string();
  if (!fs::exists(file)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no file {}", file.string()));
  }
  const Json config = config_of(file.parent_path());
  if (name == "vocab.json") {
    return load_vocab_and_merges(file, file.parent_path() / "merges.txt", config, pipeline);
  }
  if (file.extension() == ".json") {
    return load_tokenizer_json(read_file(file), file.string(), pipeline);
  }
  if (file.extension() == ".txt") return load_vocab_txt(file, config, pipeline);
  throw Error(ErrorCode::unsupported,
              fmt::format("{} is no tokenizer file that we know: give a tokenizer.json, vocab.txt, "
                          "vocab.json with merges.txt",
                          file.string()));
}

void load_directory(const fs::path& directory, Tokenizer::Pipeline* pipeline) {
  if (!fs::is_directory(directory)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no folder {}", directory.string()));
  }
  constexpr const char* kNames[] = {
      "tokenizer.json", "sentencepiece.bpe.model",
      "spiece.model",   "tokenizer.model",
      "source.spm",     "vocab.json",
      "vocab.txt",
  };
  for (const char* name : kNames) {
    const fs::path file = directory / name;
    if (!fs::exists(file)) continue;
    if (file.filename() == "vocab.json" && !fs::exists(directory / "merges.txt")) continue;
    return load_file(file, pipeline);
  }
  throw Error(ErrorCode::not_found, fmt::format("{} holds no tokenizer: none of tokenizer.json, "
                                                "vocab.json with merges.txt, or vocab.txt",
                                                directory.string()));
}

}  // namespace jnlp::tok
