#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "models/engine_options.h"
#include "tasks/faq_answerer.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

/// Who answers from passages of texts.
enum class FaqAnswerBy {
  extractive,  ///< a model that quotes
  llm,         ///< a language model that writes
};

/// How questions are answered from documents, as the command line says it.
struct FaqFlags {
  std::vector<std::filesystem::path> documents;  ///< empty: they are not
  FaqAnswerBy answer_by = FaqAnswerBy::extractive;
  FaqOptions options;
  std::string embedding_model;
  std::string qa_model;
};

/// Adds --faq, --answer-by, --sources, --min-score, --embedding-model and --qa-model. `flags` must
/// outlive the command.
void add_faq_flags(CLI::App& command, FaqFlags* flags);

/// Loads the embedding model, then reads the documents and embeds them. What `reader` is not given
/// for is loaded as well: the model that quotes.
/// @throws Error as load_model() and read_faq_documents().
FaqAnswerer load_faq(const FaqFlags& flags, std::unique_ptr<FaqReader> reader,
                     const std::shared_ptr<ThreadPool>& pool, const EngineOptions& engine = {});

}  // namespace jnlp
