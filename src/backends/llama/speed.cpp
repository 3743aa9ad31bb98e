#include "backends/llama/speed.h"

#include <algorithm>
#include <memory>

#include "backends/llama/load.h"
#include "backends/llama/session.h"
#include "base/stopwatch.h"

namespace jnlp {
namespace {

constexpr size_t kPrompt = 128;
constexpr size_t kGenerated = 64;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Runner {
 public:
  Runner(const std::filesystem::path& gguf, const LlamaOptions& options)
      : loaded_(load_llama_model(gguf, options)),
        session_(loaded_.model, kPrompt + kGenerated, loaded_.threads) {
    // Which tokens does not matter to the time, only that they are ordinary ones.
    for (llama_token token = 0; tokens_.size() < kPrompt + kGenerated; ++token) {
      tokens_.push_back(token % llama_vocab_n_tokens(loaded_.model->vocab()));
    }
  }

  void run() {
    session_.forget();
    const std::span<const llama_token> tokens = tokens_;
    const Stopwatch prefill;
    session_.read(tokens.first(kPrompt), {});
    prefill_.push_back(prefill.seconds());
    const Stopwatch decode;
    for (size_t i = 0; i < kGenerated; ++i) session_.read(tokens.subspan(kPrompt + i, 1), {});
    decode_.push_back(decode.seconds());
  }

  void forget_times() {
    prefill_.clear();
    decode_.clear();
  }

  LlamaSpeed speed() const {
    LlamaSpeed speed;
    speed.prefill_tokens_per_second = kPrompt / median(prefill_);
    speed.decode_tokens_per_second = kGenerated / median(decode_);
    return speed;
  }

 private:
  LoadedLlama loaded_;
  LlamaSession session_;
  std::vector<llama_token> tokens_;
  std::vector<double> prefill_;  // seconds
  std::vector<double> decode_;
};

}  // namespace

std::vector<LlamaSpeed> measure_llama_speed(std::span<const std::filesystem::path> models,
                                            const LlamaOptions& options, int rounds) {
  std::vector<std::unique_ptr<Runner>> runners;
  for (const auto& gguf : models) runners.push_back(std::make_unique<Runner>(gguf, options));
  for (int round = -1; round < rounds; ++round) {
    for (const auto& runner : runners) {
      if (round == 0) runner->forget_times();
      runner->run();
    }
  }
  std::vector<LlamaSpeed> speeds;
  for (const auto& runner : runners) speeds.push_back(runner->speed());
  return speeds;
}

}  // namespace jnlp
