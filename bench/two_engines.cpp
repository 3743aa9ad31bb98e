// Two engines in one process: what they reach at once, divided by what they reach one after the
// other. In turns, a line per round and the median at the end.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "backends/native/native_backend.h"
#include "base/stopwatch.h"

namespace jnlp {
namespace {

struct Options {
  std::string model;
  int threads = 0;
  int tokens = 128;
  int rounds = 9;
  double seconds = 0.5;
  bool shared = false;
};

// Runs per second.
double rate(Backend& backend, const Batch& batch, double seconds) {
  const Stopwatch stopwatch;
  int runs = 0;
  double time = 0;
  while (time < seconds) {
    backend.run(batch);
    ++runs;
    time = stopwatch.seconds();
  }
  return runs / time;
}

void compare(const Options& options) {
  const auto first_pool = std::make_shared<ThreadPool>(options.threads);
  const auto second_pool =
      options.shared ? first_pool : std::make_shared<ThreadPool>(options.threads);
  const ModelDir model = ModelDir::open(options.model);
  const auto first = load_native_backend(model, first_pool);
  const auto second = load_native_backend(model, second_pool);
  Batch batch;
  batch.add(std::vector<int32_t>(static_cast<size_t>(options.tokens), 100));
  std::vector<double> ratios;
  for (int round = 0; round < options.rounds; ++round) {
    const double first_alone = rate(*first, batch, options.seconds);
    const double second_alone = rate(*second, batch, options.seconds);
    double second_beside = 0;
    std::thread other([&] { second_beside = rate(*second, batch, options.seconds); });
    const double first_beside = rate(*first, batch, options.seconds);
    other.join();
    const double alone = (first_alone + second_alone) / 2;
    ratios.push_back((first_beside + second_beside) / alone);
    fmt::print("one after the other {:.1f}/s, at once {:.1f} + {:.1f}/s, ratio {:.2f}\n", alone,
               first_beside, second_beside, ratios.back());
  }
  std::nth_element(ratios.begin(), ratios.begin() + options.rounds / 2, ratios.end());
  fmt::print("median ratio {:.2f}\n", ratios[static_cast<size_t>(options.rounds) / 2]);
}

}  // namespace
}  // namespace jnlp

int main(int argc, char** argv) {
  CLI::App app("Measures two engines in one process.");
  jnlp::Options options;
  app.add_option("--model", options.model, "model directory")->required();
  app.add_option("--threads", options.threads, "threads of each (0: all that may be used)");
  app.add_option("--tokens", options.tokens, "tokens of the text");
  app.add_option("--rounds", options.rounds, "rounds");
  app.add_option("--seconds", options.seconds, "seconds of each measurement");
  app.add_flag("--shared", options.shared, "one pool for both");
  CLI11_PARSE(app, argc, argv);
  try {
    jnlp::compare(options);
  } catch (const std::exception& e) {
    std::cerr << "two_engines: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
