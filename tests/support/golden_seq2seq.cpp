#include "support/golden_seq2seq.h"

#include <algorithm>
#include <stdexcept>

#include "formats/model_dir.h"
#include "generate/generation_defaults.h"
#include "support/paths.h"

namespace jnlp::test {

std::vector<std::string> golden_seq2seq_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test_file("golden/seq2seq"))) {
    names.push_back(entry.path().filename().string());
  }
  if (names.empty()) throw std::runtime_error("tests/golden/seq2seq is empty");
  std::sort(names.begin(), names.end());
  return names;
}

GoldenSeq2Seq load_golden_seq2seq(const std::string& name) {
  GoldenSeq2Seq golden;
  golden.directory = test_file("golden/seq2seq/" + name);
  const Json expected = read_json_file(golden.directory / "expected.json");
  golden.sources = expected.at("sources").get<std::vector<std::vector<int32_t>>>();
  for (const Json& json : expected.at("runs")) {
    GoldenRun& run = golden.runs.emplace_back();
    run.options = json.at("options");
    run.sources = json.at("sources").get<std::vector<size_t>>();
    for (const Json& per_source : json.at("results")) {
      std::vector<GeneratedSequence>& results = run.results.emplace_back();
      for (const Json& one : per_source) {
        GeneratedSequence& generation = results.emplace_back();
        generation.token_ids = one.at("ids").get<std::vector<int32_t>>();
        generation.score = one.at("score").get<float>();
      }
    }
  }
  return golden;
}

Seq2SeqOptions with_options(const std::filesystem::path& directory, const Json& options) {
  const ModelDir model = ModelDir::open(directory);
  Json json = model.generation_config;
  json.update(options);
  return read_generation_options(model.config, json);
}

}  // namespace jnlp::test
