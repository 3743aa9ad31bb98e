#pragma once

#include <string>

#include "tokenize/tokenizer.h"

namespace jnlp {

/// Compares a tokenizer with expected ids, without special tokens, and prints what differs first.
/// @param expected JSON lines: {"text", "ids"[, "offsets"]} or lists of ids.
/// @param texts JSON lines {"text"}, one for each list; empty for the first form.
/// @throws Error invalid_input when any text gives other ids or offsets, or the files do not fit.
void run_conformance(const Tokenizer& tokenizer, const std::string& expected,
                     const std::string& texts);

}  // namespace jnlp
