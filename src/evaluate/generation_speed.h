#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "backends/text_generator.h"
#include "base/json.h"

namespace jnlp {

/// How fast a language model read prompts and wrote answers, over all answers of a task.
struct GenerationSpeed {
  int64_t answers = 0;
  int64_t prompt_tokens = 0;
  int64_t reused_tokens = 0;  ///< of them, those still in memory from the turn before
  int64_t generated_tokens = 0;
  double prefill_tokens_per_second = 0;  ///< tokens read per second of reading; 0: none were
  double decode_tokens_per_second = 0;   ///< tokens after the first per second of writing
  double first_token_p50_ms = 0;         ///< from the call to the first token
  double first_token_p95_ms = 0;
  double first_token_p99_ms = 0;
};

GenerationSpeed generation_speed(std::span<const GenerationStats> answers);

OrderedJson to_json(const GenerationSpeed& speed);
/// A line for people.
std::string to_text(const GenerationSpeed& speed);

}  // namespace jnlp
