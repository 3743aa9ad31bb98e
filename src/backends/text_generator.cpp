#include "backends/text_generator.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

double rate(int64_t tokens, double seconds) {
  return tokens > 0 && seconds > 0 ? static_cast<double>(tokens) / seconds : 0;
}

// Also false for NaN.
void check_range(std::string_view name, double value, double lowest, double greatest) {
  if (value >= lowest && value <= greatest) return;
  throw Error(ErrorCode::invalid_input,
              fmt::format("{} is {}; it must be from {} to {}", name, value, lowest, greatest));
}

}  // namespace

std::string_view to_string(FinishReason reason) {
  switch (reason) {
    case FinishReason::end_of_text:
      return "end_of_text";
    case FinishReason::stop_string:
      return "stop_string";
    case FinishReason::max_tokens:
      return "max_tokens";
    case FinishReason::context_full:
      return "context_full";
    case FinishReason::cancelled:
      return "cancelled";
  }
  return "unknown";
}

double GenerationStats::prefill_tokens_per_second() const {
  return rate(prompt_tokens - reused_tokens, prefill_seconds);
}

double GenerationStats::decode_tokens_per_second() const {
  return rate(generated_tokens - 1, decode_seconds);
}

Generation TextGenerator::chat(std::span<const ChatMessage> messages,
                               const GenerateOptions& options, const GenerationHooks& hooks) {
  return generate(apply_chat_template(messages), options, hooks);
}

void check_options(const GenerateOptions& options) {
  check_range("max_tokens", static_cast<double>(options.max_tokens), 0, 1e9);
  check_range("temperature", options.temperature, 0, 100);
  check_range("top_k", options.top_k, 0, 1e9);
  check_range("top_p", options.top_p, 0, 1);
  check_range("min_p", options.min_p, 0, 1);
  check_range("repeat_penalty", options.repeat_penalty, 0.1, 10);
  for (const std::string& stop : options.stop) {
    if (stop.empty()) throw Error(ErrorCode::invalid_input, "a stop string is empty");
    if (!is_valid_utf8(stop)) {
      throw Error(ErrorCode::invalid_input, "a stop string is not well-formed UTF-8");
    }
  }
  if (!options.grammar.empty() && !options.json_schema.empty()) {
    throw Error(ErrorCode::invalid_input, "a grammar and a JSON schema exclude each other");
  }
}

}  // namespace jnlp
