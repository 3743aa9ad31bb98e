#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "cli/load_faq.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"
#include "models/engine_options.h"

namespace jnlp {

/// What the task "chat" has beside the other tasks' options.
struct ChatTaskFlags {
  std::string system;
  int64_t max_tokens = 64;
  FaqFlags faq;

  bool answers_from_documents() const { return !faq.documents.empty(); }
  /// Documents are quoted: no language model is needed.
  bool needs_language_model() const {
    return !answers_from_documents() || faq.answer_by == FaqAnswerBy::llm;
  }
};

/// Why the language model `name` cannot be asked here: the program was built without llama.cpp, or
/// the model is not there. Empty when nothing is known to be in the way.
std::string chat_obstacle(const std::string& name);

/// Loads what `flags` and `model` (a language model) name, runs and scores it; fills what
/// evaluate_chat() or evaluate_faq() fill, and model and load facts.
/// @throws Error what loading and answering throw.
void run_chat_task(const std::vector<ChatExample>& examples, const std::string& model,
                   const ChatTaskFlags& flags, const std::shared_ptr<ThreadPool>& pool,
                   const EngineOptions& engine, const EvaluateOptions& options, TaskReport* report);

}  // namespace jnlp
