#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/text_scorer.h"
#include "base/json.h"
#include "llm/quality_run.h"
#include "llm/runtime.h"
#include "report/statistics.h"

namespace jnlp {

/// One prompt and what a method made of it, all runs.
struct PromptResult {
  std::string prompt;
  std::string text;  ///< of the last run
  bool same_in_all_runs = true;
  int64_t prompt_tokens = -1;  ///< of the last run; -1 where the runtime does not say
  int64_t generated_tokens = -1;
  std::vector<double> seconds;              ///< by run
  std::vector<double> first_token_seconds;  ///< by run
};

/// How much of a method's texts is that of the reference.
struct Agreement {
  std::string reference;  ///< method
  size_t identical = 0;   ///< prompts with the same text
  size_t prompts = 0;
  double common_prefix = 0;  ///< mean share of the longer text, in bytes
};

/// The row of one method: what was measured, or why nothing was. Absent values were not measured.
struct MethodResult {
  std::string method;
  std::string failure;  ///< empty when all was measured
  std::string model;
  std::string weights;  ///< as LlmRuntime::weights()
  OrderedJson facts;
  RuntimeLoad load;
  std::vector<PromptResult> prompts;

  // Over all prompts and runs, in seconds.
  double latency_mean = 0;
  double latency_p50 = 0;
  double latency_p95 = 0;
  double latency_p99 = 0;
  double first_token_p50 = 0;
  double first_token_p95 = 0;

  // Spreads over the runs, each of which takes all prompts together.
  std::optional<Spread> tokens_per_second;   ///< generated, by the time of whole requests
  std::optional<Spread> prefill_per_second;  ///< tokens read until the first token
  std::optional<Spread> decode_per_second;   ///< tokens after the first
  // As the runtime says of itself, without what lies between it and us.
  std::optional<Spread> own_prefill_per_second;
  std::optional<Spread> own_decode_per_second;

  std::optional<int64_t> peak_memory;      ///< resident bytes
  std::optional<int64_t> device_memory;    ///< bytes on GPUs
  std::optional<double> joules_per_token;  ///< of the machine, per generated token
  std::string energy_sensor;
  std::optional<Perplexity> perplexity;
  std::optional<Agreement> agreement;
  std::vector<QualityResult> quality;
  std::vector<std::string> notes;
};

}  // namespace jnlp
