#pragma once

#include <memory>
#include <string>

#include "base/thread_pool.h"
#include "cli/summary_flags.h"
#include "formats/model_dir.h"
#include "models/engine_options.h"
#include "tasks/model.h"
#include "tasks/summarizer.h"

namespace jnlp {

/// A summarizer that can be loaded.
struct SummarizerPlan {
  SummaryMethod method;  ///< never automatic
  std::string model;     ///< a path; empty for lead
};

/// The model of a method that is used when none is named: empty for lead and seq2seq.
std::string default_summary_model(SummaryMethod method);

/// Finds the model (see resolve_model) and settles the method. `model` may be empty: then it is the
/// default of the method.
/// @throws Error invalid_input for seq2seq without a model, and what finding and opening throw.
SummarizerPlan plan_summarizer(const SummaryFlags& flags, const std::string& model);

/// Whether extractive summaries can be made with it, as an encoder with Head::embedding: what one
/// learned for another head tells sentences apart by that alone, for example by their mood.
/// @throws Error unsupported.
void check_summary_encoder(const ModelDir& model);

/// @throws Error what loading the model throws; invalid_input for flags that it cannot follow.
std::unique_ptr<Summarizer> load_summarizer(const SummarizerPlan& plan, const SummaryFlags& flags,
                                            std::shared_ptr<ThreadPool> pool,
                                            const EngineOptions& engine);

}  // namespace jnlp
