#include "models/continuations.h"

#include "ops/log_softmax.h"

namespace jnlp {

std::vector<Candidate> best_continuations(const Kernels& kernels,
                                          const ContinuationOptions& options,
                                          std::span<const int32_t> ids, std::span<float> logits) {
  const auto size = static_cast<int64_t>(logits.size());
  if (!options.greedy) log_softmax(kernels, logits.data(), size);
  options.rules.apply(ids, logits);
  if (options.renormalize && !options.greedy) log_softmax(kernels, logits.data(), size);
  std::vector<Candidate> best = top_k(logits, options.count);
  if (options.greedy && !best.empty()) {
    const LogSumExp all = log_sum_exp(kernels, logits.data(), size);
    for (Candidate& candidate : best) {
      candidate.score = (candidate.score - all.maximum) - all.log_sum;
    }
  }
  return best;
}

}  // namespace jnlp
