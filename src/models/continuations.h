#pragma once

#include <span>
#include <vector>

#include "generate/token_rules.h"
#include "generate/top_k.h"
#include "kernels/kernels.h"

namespace jnlp {

/// What may follow a hypothesis.
struct ContinuationOptions {
  const TokenRules& rules;
  bool greedy;  ///< rules see logits, as in transformers; else log-probabilities
  bool renormalize;
  int64_t count;
};

/// The best continuations of a hypothesis with their log-probabilities; `logits` is overwritten.
std::vector<Candidate> best_continuations(const Kernels& kernels,
                                          const ContinuationOptions& options,
                                          std::span<const int32_t> ids, std::span<float> logits);

}  // namespace jnlp
