// Our engine for models with encoder and decoder behind a line protocol, so that a script can
// measure it in turns with other engines on the same weights and token ids. At start it answers
// {"ready": ...}; then it reads lines of JSON:
//
//   {"sources": [[ids]], "num_beams": N, "new_tokens": N, "seconds": S}
//
// generates exactly so many tokens for all sources together, for about that long, and answers
// {"t": [seconds of each pass], "ids": [[ids of the last pass]]}.
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "backends/native/native_seq2seq.h"
#include "base/error.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "line_worker.h"

namespace jnlp {
namespace {

Json measure(Seq2SeqBackend& backend, const Json& work) {
  Batch sources;
  for (const Json& ids : work.at("sources")) sources.add(ids.get<std::vector<int32_t>>());
  Seq2SeqOptions options = backend.default_options();
  options.num_beams = work.at("num_beams");
  options.max_new_tokens = work.at("new_tokens");
  options.min_new_tokens = options.max_new_tokens;
  std::vector<std::vector<GeneratedSequence>> results = backend.generate(sources, options);
  std::vector<double> times;
  const double seconds = work.at("seconds");
  const Stopwatch all;
  while (times.empty() || all.seconds() < seconds) {
    const Stopwatch one;
    results = backend.generate(sources, options);
    times.push_back(one.seconds());
  }
  Json ids = Json::array();
  for (const std::vector<GeneratedSequence>& result : results)
    ids.push_back(result.at(0).token_ids);
  return {{"t", times}, {"ids", ids}};
}

}  // namespace
}  // namespace jnlp

int main(int argc, char** argv) {
  CLI::App app("Runs models with encoder and decoder for a comparison with other engines.");
  std::string model;
  int threads = 0;
  std::string dtype = "fp32";
  app.add_option("--model", model, "model directory")->required();
  app.add_option("--threads", threads, "threads (0: as many as the process may use)");
  app.add_option("--dtype", dtype, "type of the weights: fp32, bf16, fp16 or int8")
      ->check(CLI::IsMember(jnlp::weight_type_names()));
  CLI11_PARSE(app, argc, argv);
  try {
    jnlp::EngineOptions options;
    options.weights = jnlp::weight_type_named(dtype);
    const auto backend = jnlp::load_native_seq2seq(
        jnlp::ModelDir::open(model), std::make_shared<jnlp::ThreadPool>(threads), options);
    jnlp::serve_lines({{"ready", backend->description()}}, [&](const std::string& line) {
      return jnlp::measure(*backend, jnlp::parse_json(line, "the line"));
    });
  } catch (const std::exception& e) {
    std::cerr << "seq2seq_worker: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
