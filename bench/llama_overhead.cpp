// What our layer over llama.cpp costs: reading a prompt and generating through TextGenerator, and
// the same number of tokens through llama_decode alone as llama-bench does it (no sampling, no
// text), in turns, each first in every other one.
//   llama_overhead MODEL.gguf [THREADS [ROUNDS]]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "backends/llama/llama_backend.h"
#include "backends/llama/model.h"
#include "backends/llama/session.h"
#include "base/stopwatch.h"

namespace {

constexpr int64_t kPrompt = 128;
constexpr int64_t kGenerated = 64;

struct Times {
  std::vector<double> prefill;
  std::vector<double> decode;
};

void run_bare(jnlp::LlamaSession* session, const std::vector<llama_token>& prompt, Times* times) {
  session->forget();
  const jnlp::Stopwatch prefill;
  session->read(prompt, {});
  times->prefill.push_back(prefill.seconds());
  const jnlp::Stopwatch decode;
  for (int64_t i = 0; i < kGenerated; ++i) session->read({&prompt[static_cast<size_t>(i)], 1}, {});
  times->decode.push_back(decode.seconds());
}

void run_ours(jnlp::TextGenerator* model, const std::string& prompt, Times* times) {
  model->forget();
  jnlp::GenerateOptions options;
  options.max_tokens = kGenerated + 1;  // the first comes from the prompt's computation
  size_t bytes = 0;
  const auto result = model->generate(
      prompt, options, {.on_text = [&](std::string_view piece) { bytes += piece.size(); }});
  if (result.stats.generated_tokens != kGenerated + 1) {
    fmt::print(stderr, "the model ended the text after {} tokens\n", result.stats.generated_tokens);
    std::exit(1);
  }
  times->prefill.push_back(result.stats.prefill_seconds);
  times->decode.push_back(result.stats.decode_seconds);
}

// The value that a share of `values` lies below.
double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

double median(const std::vector<double>& values) {
  return quantile(values, 0.5);
}

void print(const char* what, int64_t tokens, const std::vector<double>& bare,
           const std::vector<double>& ours) {
  std::vector<double> ratios, milliseconds;
  for (size_t i = 0; i < bare.size(); ++i) {
    ratios.push_back(bare[i] / ours[i]);
    milliseconds.push_back((ours[i] - bare[i]) * 1e3 / static_cast<double>(tokens));
  }
  const auto rate = [&](const std::vector<double>& times) {
    return static_cast<double>(tokens) / median(times);
  };
  fmt::print(
      "{:<8} bare {:7.1f} tokens/s   ours {:7.1f} tokens/s   ratio: median {:.3f}, quartiles "
      "{:.3f} "
      "and {:.3f}   ours takes {:+.3f} ms a token (median)\n",
      what, rate(bare), rate(ours), median(ratios), quantile(ratios, 0.25), quantile(ratios, 0.75),
      median(milliseconds));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: llama_overhead MODEL.gguf [THREADS [ROUNDS]]\n");
    return 2;
  }
  const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 11;
  auto model =
      jnlp::load_llama(argv[1], {.context_size = 512, .threads = threads, .gpu_layers = 0});
  auto bare_model = std::make_shared<const jnlp::LlamaModel>(argv[1], 0);
  jnlp::LlamaSession bare(bare_model, 512, threads);
  std::string prompt = "Once upon a time, in a small village near the sea, there lived";
  while (model->count_tokens(prompt) < kPrompt) prompt += " a";
  const std::vector<llama_token> tokens = bare_model->tokenize(prompt);
  Times bare_times, our_times;
  for (int round = -1; round < rounds; ++round) {
    if (round == 0) bare_times = our_times = {};  // the first was to warm up
    if (round % 2 == 0) run_bare(&bare, tokens, &bare_times);
    run_ours(model.get(), prompt, &our_times);
    if (round % 2 != 0) run_bare(&bare, tokens, &bare_times);
  }
  print("prefill", std::ssize(tokens), bare_times.prefill, our_times.prefill);
  print("decode", kGenerated, bare_times.decode, our_times.decode);
}
