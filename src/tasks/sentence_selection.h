#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tasks/summarizer.h"

namespace jnlp {

/// How sentences are weighed against each other. The defaults were chosen on halves of samples of
/// CNN/DailyMail, XSum and SAMSum; docs/evaluation.md says what they do there.
struct SelectionWeights {
  /// Weight of being unlike what was chosen already, 0 to 1; the rest is the weight of saying what
  /// the document says. Carbonell and Goldstein (1998), maximal marginal relevance.
  double diversity = 0.3;
  /// Added to the relevance of the first sentence, the half of it to that of the second, a third to
  /// that of the third.
  double position = 0.4;
};

struct CandidateSentence {
  std::vector<float> embedding;  ///< all of one size
  int64_t words = 0;
};

/// Numbers of the sentences to take, best first. A sentence's relevance is the cosine of its
/// embedding and the mean of all; sentences are taken one by one while the options want more and
/// there is room. When not even one has room, the shortest is taken. Of equals the first wins.
std::vector<size_t> select_sentences(std::span<const CandidateSentence> sentences,
                                     const SummaryOptions& options,
                                     const SelectionWeights& weights);

}  // namespace jnlp
