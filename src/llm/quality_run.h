#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "evaluate/metrics/interval.h"
#include "llm/quality_set.h"
#include "llm/runtime.h"

namespace jnlp {

/// How a model was asked.
enum class QualityForm {
  scored,   ///< which of the given answers is likeliest
  written,  ///< what it writes
};

/// "scored" or "written".
std::string_view to_string(QualityForm form);

/// Right answers of one model to one set, in one form.
struct QualityResult {
  std::string set;
  QualityForm form = QualityForm::written;
  double accuracy = 0;
  Interval interval;  ///< 95 %, Wilson's
  size_t samples = 0;
  size_t too_long = 0;  ///< of them, prompts that do not fit the context; they count as wrong
};

/// Asks every question of `set`. `on_item` is called after each.
/// @throws Error what the runtime throws, but for prompts that it refuses.
QualityResult run_quality(LlmRuntime& runtime, const QualitySet& set, QualityForm form,
                          const std::function<void()>& on_item);

/// Whether `set` can be asked in this form of this runtime, whose model is loaded.
bool has_form(LlmRuntime& runtime, const QualitySet& set, QualityForm form);

}  // namespace jnlp
