#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "tokenize/tokenizer.h"

namespace jnlp::test {

/// Names of the tokenizers of tests/golden/tokenizers.
std::vector<std::string> golden_tokenizer_names();
/// The golden file of this name.
Json golden_tokenizer(const std::string& name);
/// Loads the text of a tokenizer.json as if it were a file.
Tokenizer load_tokenizer(const std::string& text);
std::string repeated(std::string_view part, size_t times);

}  // namespace jnlp::test
