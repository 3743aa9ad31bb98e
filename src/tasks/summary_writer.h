#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// A summary that a model wrote.
struct WrittenSummary {
  std::string text;
  int64_t tokens = 0;  ///< that the model read, those around the text included
  int64_t generated_tokens = 0;
};

/// The text without white space (ASCII) at its ends.
std::string without_outer_space(std::string text);

/// A model that summarizes texts in its own words, as long as they fit what it can read at once.
class SummaryWriter {
 public:
  virtual ~SummaryWriter() = default;

  /// Longest text that write() takes, in tokens as count_tokens() counts them.
  virtual int64_t max_tokens() const = 0;
  virtual int64_t count_tokens(std::string_view text) const = 0;
  /// One line for people: the engine that runs the model.
  virtual std::string description() const = 0;

  /// A summary of each text, in order. `given_up` may be empty: see SummaryOptions.
  /// @throws Error invalid_input for a text that is too long, deadline when it was given up, and
  /// what the model throws.
  virtual std::vector<WrittenSummary> write(std::span<const std::string> texts,
                                            const std::function<bool()>& given_up) = 0;
  std::vector<WrittenSummary> write(std::span<const std::string> texts) { return write(texts, {}); }
};

}  // namespace jnlp
