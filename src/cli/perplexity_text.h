#pragma once

#include <string>

namespace jnlp {

/// A text to measure perplexity on, and what it is called in results.
struct PerplexityText {
  std::string text;
  std::string name;
};

/// The file, or with an empty name the paragraphs of our smoke set for questions, which nobody
/// trained a model on. @throws Error not_found or io.
PerplexityText read_perplexity_text(const std::string& file);

}  // namespace jnlp
