#pragma once

#include <string>

#include "tasks/faq_answerer.h"

namespace jnlp {

/// Answers what is asked on standard input, a question per line, until it ends or says /exit.
/// `prompts`: shows that a line is waited for.
void run_faq_terminal(FaqAnswerer* faq, bool prompts);

/// Answers a single question on standard output.
void answer_from_faq(FaqAnswerer* faq, const std::string& question, bool json);

}  // namespace jnlp
