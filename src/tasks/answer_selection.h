#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tasks/question_answerer.h"

namespace jnlp {

/// Chooses the best answers to one question from the start and end logits of its windows.
/// `outputs` has one entry per window: a row per token, start logit and end logit; they become
/// probabilities. `stride` is the number of tokens that neighbouring windows share.
std::vector<Answer> select_answers(std::span<const Encoding> windows, std::span<Output> outputs,
                                   std::string_view context, int64_t stride,
                                   const AnswerOptions& options);

}  // namespace jnlp
