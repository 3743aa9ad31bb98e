#pragma once

#include <string_view>

#include "evaluate/metrics/counts.h"

namespace jnlp {

/// What ROUGE counts as words.
enum class RougeTokens {
  /// rouge_score's default, made for English: runs of ASCII letters and digits, in lower
  /// case; other letters part words.
  ascii,
  /// The same, words longer than three characters stemmed (use_stemmer=True).
  ascii_stemmed,
  /// Not rouge_score's: runs of letters, digits and marks of any script, in Unicode's compatible
  /// composed form (NFKC) and lower case; each Chinese character and kana is a word of its own.
  unicode,
};

/// "rouge_score", "rouge_score with stemmer" or "Unicode words": the names used in reports.
std::string_view to_string(RougeTokens tokens);

/// Recall-Oriented Understudy for Gisting Evaluation (Lin 2004) of one summary.
struct RougeScores {
  PrecisionRecallF1 rouge1;      ///< single words in common
  PrecisionRecallF1 rouge2;      ///< pairs of neighbouring words in common
  PrecisionRecallF1 rouge_l;     ///< longest common subsequence of the whole texts
  PrecisionRecallF1 rouge_lsum;  ///< the same, sentence by sentence; a line is a sentence
};

/// The scores of Google's Python package rouge_score. Both texts must be valid UTF-8. Time grows
/// with the product of the lengths, a 64th of it; memory with their sum, but for ROUGE-Lsum of very
/// long lines a little faster.
RougeScores rouge(std::string_view reference, std::string_view summary, RougeTokens tokens);

}  // namespace jnlp
