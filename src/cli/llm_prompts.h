#pragma once

#include <string>
#include <vector>

namespace jnlp {

/// Each of `values` is a prompt, or a file of prompts: plain text with one per line, or JSON lines
/// with a field "prompt", "question", "text" or "turns" (the first one). Nothing: some of ours.
/// @throws Error invalid_input for a file without prompts, or damaged UTF-8.
std::vector<std::string> read_prompts(const std::vector<std::string>& values);

}  // namespace jnlp
