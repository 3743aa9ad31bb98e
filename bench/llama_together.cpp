// What computing several requests together brings: the same requests through a pool of one slot,
// so one after another, and through a pool with a slot for each, in turns.
//   llama_together MODEL.gguf [THREADS [REQUESTS [ROUNDS]]]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "backends/llama/llama_backend.h"
#include "base/stopwatch.h"

namespace {

constexpr int64_t kGenerated = 64;

// Tokens a second of all requests together, prompts included in the time.
double run(jnlp::TextGenerationPool* pool, int requests) {
  jnlp::GenerateOptions options;
  options.max_tokens = kGenerated;
  std::vector<std::future<jnlp::Generation>> answers;
  const jnlp::Stopwatch clock;
  for (int i = 0; i < requests; ++i) {
    answers.push_back(pool->submit(
        fmt::format("{}. Once upon a time, in a small village near the sea, there lived", i),
        options, {}));
  }
  int64_t tokens = 0;
  for (auto& answer : answers) tokens += answer.get().stats.generated_tokens;
  return static_cast<double>(tokens) / clock.seconds();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: llama_together MODEL.gguf [THREADS [REQUESTS [ROUNDS]]]\n");
    return 2;
  }
  const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
  const int requests = argc > 3 ? std::atoi(argv[3]) : 4;
  const int rounds = argc > 4 ? std::atoi(argv[4]) : 5;
  jnlp::LlamaOptions options;
  options.context_size = 512;
  options.threads = threads;
  const auto alone = jnlp::load_llama_pool(argv[1], options, 1);
  const auto together = jnlp::load_llama_pool(argv[1], options, requests);
  std::vector<double> alone_rates, together_rates, ratios;
  for (int round = -1; round < rounds; ++round) {
    const double one = run(alone.get(), requests);
    const double all = run(together.get(), requests);
    if (round < 0) continue;  // the first was to warm up
    alone_rates.push_back(one);
    together_rates.push_back(all);
    ratios.push_back(all / one);
  }
  fmt::print(
      "{} requests of {} tokens, {} threads: one after another {:.1f} tokens/s, together "
      "{:.1f}, median ratio {:.2f}\n",
      requests, kGenerated, threads, median(alone_rates), median(together_rates), median(ratios));
}
