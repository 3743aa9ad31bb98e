#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "base/json.h"
#include "tokenize/tokenizer.h"

namespace jnlp {

/// What a task works with: a tokenizer, a backend that runs the model, and the model's config.json.
/// Whoever may see concrete backends puts it together; the tasks never do.
struct LoadedModel {
  std::shared_ptr<const Tokenizer> tokenizer;
  std::shared_ptr<Backend> backend;
  Json config;
  std::filesystem::path path;  ///< for messages
  /// Longest sequence in tokens, special ones included: the smallest of what the position
  /// embeddings allow, the tokenizer's `model_max_length` and a sentence encoder's
  /// `max_seq_length`.
  int64_t max_length = 512;
  /// Counts the texts that were cut, where somebody wants to know.
  std::shared_ptr<std::atomic<uint64_t>> truncated = {};
};

/// Checks that the model has the head that a task needs.
/// @throws Error unsupported, naming both heads and the model.
void require_head(const LoadedModel& model, Head head);

/// The label names of a classification head, by index.
/// @throws Error invalid_input when config.json names fewer or more than the head has outputs.
std::vector<std::string> checked_labels(const LoadedModel& model);

/// The length limit to use when a caller asks for `requested` tokens (0: as long as the model
/// allows).
/// @throws Error invalid_input when it is negative or longer than the model allows.
int32_t checked_max_length(const LoadedModel& model, int64_t requested);

/// What a task does with a text that is longer than the model's limit.
struct LengthOptions {
  int64_t max_length = 0;  ///< tokens per text; 0: as many as the model allows
  bool truncate = true;    ///< cut what is too long; else it is an Error
  std::optional<TruncationDirection> direction = {};  ///< unset: as the tokenizer's file says
};

/// Encodes one text, or a pair, within these options; `truncated` tells whether it was cut.
/// @throws Error invalid_input for ill-formed UTF-8 and for a text that is too long and may not be
///   cut.
Encoding encode_within(const LoadedModel& model, const LengthOptions& options,
                       std::string_view text, const std::optional<std::string>& pair,
                       bool* truncated);

/// The number of tokens that neighbouring windows share: `requested`, or `fallback` if negative.
/// @throws Error invalid_input when windows of max_length tokens cannot share so many.
int32_t checked_stride(int64_t requested, int64_t fallback, int64_t max_length);

}  // namespace jnlp
