#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evaluate/metrics/rouge.h"

namespace jnlp {

/// The words of a text as ROUGE counts them.
std::vector<std::string> rouge_words(std::string_view text, RougeTokens tokens);

}  // namespace jnlp
