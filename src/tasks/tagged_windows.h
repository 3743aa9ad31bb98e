#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "tasks/batching.h"
#include "tasks/model.h"
#include "tasks/text_windows.h"

namespace jnlp {

/// How a text becomes windows, and windows batches.
struct WindowOptions {
  int32_t max_length = 0;
  int32_t stride = 0;
  BatchLimits batch = {};
  WindowProgress progress = {};
};

/// One window of one of the texts, as the model labels it.
struct TaggedWindow {
  size_t text = 0;      ///< index
  Encoding encoding;    ///< of the window
  WindowShare share;    ///< the tokens that no other window of the text knows better
  int64_t windows = 0;  ///< of the text
  Output scores;        ///< probability of each label for each token
};

/// Reads texts in windows and hands the windows out one after the other, in the order of the texts
/// and within each. Keeps the windows of one text and the scores of one batch.
/// @throws Error invalid_input for ill-formed UTF-8 or a stride that windows cannot have.
void tag_windows(const LoadedModel& model, std::span<const std::string> texts,
                 const WindowOptions& options,
                 const std::function<void(const TaggedWindow&)>& take);

}  // namespace jnlp
