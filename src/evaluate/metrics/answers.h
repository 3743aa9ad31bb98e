#pragma once

#include <span>
#include <string>
#include <string_view>

namespace jnlp {

/// Lower case, then without ASCII punctuation, the articles a, an and the, and surplus white space:
/// the SQuAD scripts' normalize_answer. Lower case, word borders and white space are those of
/// Python's str and re, for all of Unicode.
std::string normalize_answer(std::string_view text);

/// How well one predicted answer fits its references.
struct AnswerScore {
  double exact = 0;  ///< 0 or 1
  double f1 = 0;     ///< overlap of words, 0 to 1
};

/// SQuAD 1.1's evaluate-v1.1.py: the best over all references for each of the two.
/// `references` must not be empty.
AnswerScore score_answer_v1(std::string_view prediction, std::span<const std::string> references);

/// SQuAD 2.0's evaluate-v2.0.py: references that normalize to nothing do not count; where none is
/// left the question has no answer, and only an empty prediction is right.
AnswerScore score_answer_v2(std::string_view prediction, std::span<const std::string> references);

}  // namespace jnlp
