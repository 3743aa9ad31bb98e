#include "evaluate/generation_speed.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "report/statistics.h"

namespace jnlp {
namespace {

double per_answer(int64_t tokens, const GenerationSpeed& speed) {
  return static_cast<double>(tokens) / static_cast<double>(std::max<int64_t>(speed.answers, 1));
}

}  // namespace

GenerationSpeed generation_speed(std::span<const GenerationStats> answers) {
  GenerationSpeed speed;
  speed.answers = std::ssize(answers);
  double prefill_seconds = 0;
  double decode_seconds = 0;
  int64_t decoded = 0;
  std::vector<double> first_token_ms;
  for (const GenerationStats& stats : answers) {
    speed.prompt_tokens += stats.prompt_tokens;
    speed.reused_tokens += stats.reused_tokens;
    speed.generated_tokens += stats.generated_tokens;
    prefill_seconds += stats.prefill_seconds;
    decode_seconds += stats.decode_seconds;
    decoded += std::max<int64_t>(stats.generated_tokens - 1, 0);
    if (stats.first_token_seconds) first_token_ms.push_back(*stats.first_token_seconds * 1e3);
  }
  const auto read = static_cast<double>(speed.prompt_tokens - speed.reused_tokens);
  if (prefill_seconds > 0) speed.prefill_tokens_per_second = read / prefill_seconds;
  if (decode_seconds > 0) {
    speed.decode_tokens_per_second = static_cast<double>(decoded) / decode_seconds;
  }
  if (!first_token_ms.empty()) {
    speed.first_token_p50_ms = quantile(first_token_ms, 0.50);
    speed.first_token_p95_ms = quantile(first_token_ms, 0.95);
    speed.first_token_p99_ms = quantile(first_token_ms, 0.99);
  }
  return speed;
}

OrderedJson to_json(const GenerationSpeed& speed) {
  return {{"answers", speed.answers},
          {"prompt_tokens", speed.prompt_tokens},
          {"reused_tokens", speed.reused_tokens},
          {"generated_tokens", speed.generated_tokens},
          {"prefill_tokens_per_second", speed.prefill_tokens_per_second},
          {"decode_tokens_per_second", speed.decode_tokens_per_second},
          {"first_token_ms",
           {{"p50", speed.first_token_p50_ms},
            {"p95", speed.first_token_p95_ms},
            {"p99", speed.first_token_p99_ms}}}};
}

std::string to_text(const GenerationSpeed& speed) {
  return fmt::format(
      "{} answers of {:.1f} tokens to prompts of {:.1f}; first token after {:.1f} ms (p50), {:.1f} "
      "(p95), {:.1f} (p99); {:.0f} tokens/s read, {:.1f} tokens/s written",
      speed.answers, per_answer(speed.generated_tokens, speed),
      per_answer(speed.prompt_tokens, speed), speed.first_token_p50_ms, speed.first_token_p95_ms,
      speed.first_token_p99_ms, speed.prefill_tokens_per_second, speed.decode_tokens_per_second);
}

}  // namespace jnlp
