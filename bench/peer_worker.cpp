// Our engine behind a line protocol, so that a script can measure it in turns with other engines on
// the same weights and token ids. At start it answers {"ready": ..., "dtype": "fp32"}; then it
// reads lines:
//
//   WORKLOAD MODE SECONDS  runs the workload for about that long:
//                          {"t": [seconds of each pass], "rss": MiB}
//   logits WORKLOAD        each sequence alone: {"logits": [[...], ...]}
//   quit                   (or the end of input) ends
//
// The workloads file holds {"workloads": {name: {"ids": [[...]], "groups": {mode: [[indices]]}}}}.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "backends/native/native_backend.h"
#include "base/error.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "line_worker.h"

namespace jnlp {
namespace {

// One batch per call that the mode asks for.
std::vector<Batch> make_batches(const Json& workload, const std::string& mode) {
  std::vector<Batch> batches;
  for (const Json& group : workload.at("groups").at(mode)) {
    Batch& batch = batches.emplace_back();
    for (const Json& index : group) {
      const auto ids = workload.at("ids").at(index.get<size_t>()).get<std::vector<int32_t>>();
      batch.add(ids);
    }
  }
  return batches;
}

Json measure(Backend& backend, const std::vector<Batch>& batches, double seconds) {
  const auto pass = [&] {
    const Stopwatch stopwatch;
    for (const Batch& batch : batches) backend.run(batch);
    return stopwatch.seconds();
  };
  pass();
  std::vector<double> times;
  const Stopwatch stopwatch;
  while (times.size() < 2 || stopwatch.seconds() < seconds) times.push_back(pass());
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return {{"t", times}, {"rss", static_cast<double>(usage.ru_maxrss) / 1024}};
}

Json logits(Backend& backend, const Json& workload) {
  Json rows = Json::array();
  for (const Batch& batch : make_batches(workload, "one"))
    rows.push_back(backend.run(batch).values);
  return {{"logits", rows}};
}

Json answer(Backend& backend, const Json& workloads, const std::string& line) {
  std::istringstream words(line);
  std::string first;
  std::string second;
  double seconds = 1;
  words >> first >> second >> seconds;
  if (first == "logits") return logits(backend, workloads.at(second));
  return measure(backend, make_batches(workloads.at(first), second), seconds);
}

}  // namespace
}  // namespace jnlp

int main(int argc, char** argv) {
  CLI::App app("Runs the native engine for a comparison with other engines.");
  std::string model;
  std::string workloads;
  int threads = 0;
  std::string dtype = "fp32";
  std::vector<std::string> keep_fp32;
  app.add_option("--model", model, "model directory")->required();
  app.add_option("--workloads", workloads, "JSON file of token ids")->required();
  app.add_option("--threads", threads, "threads (0: as many as the process may use)");
  app.add_option("--dtype", dtype, "type of the weights: fp32, bf16, fp16 or int8")
      ->check(CLI::IsMember(jnlp::weight_type_names()));
  app.add_option("--keep-fp32", keep_fp32, "layers that stay FP32, parted by commas")
      ->delimiter(',');
  CLI11_PARSE(app, argc, argv);
  try {
    const auto backend = jnlp::load_native_backend(
        jnlp::ModelDir::open(model), std::make_shared<jnlp::ThreadPool>(threads), std::nullopt,
        {*jnlp::weight_type_named(dtype), keep_fp32});
    // The other engines know one type of 16 bits, whose tolerance suits both.
    if (dtype == "fp16") dtype = "bf16";
    const jnlp::Json work = jnlp::read_json_file(workloads).at("workloads");
    jnlp::serve_lines({{"ready", backend->description()}, {"dtype", dtype}},
                      [&](const std::string& line) { return jnlp::answer(*backend, work, line); });
  } catch (const std::exception& e) {
    std::cerr << "peer_worker: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
