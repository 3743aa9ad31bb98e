#include "cli/load_faq.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <utility>

#include "base/progress.h"
#include "cli/load_model.h"
#include "hub/local_models.h"
#include "tasks/faq_extractor.h"

namespace jnlp {
namespace {

// Shows how many passages are embedded, where there are many and standard error is a terminal.
WindowProgress passage_progress() {
  return [progress = std::shared_ptr<Progress>()](int64_t done, int64_t total) mutable {
    if (!progress) progress = std::make_shared<Progress>("passages", total);
    progress->set(done);
    if (done == total) progress.reset();  // clears the line before anything is printed
  };
}

}  // namespace

void add_faq_flags(CLI::App& command, FaqFlags* flags) {
  flags->embedding_model = kBaseModel;
  flags->qa_model = "qa";
  auto* faq = command
                  .add_option("--faq", flags->documents,
                              "Answer from these documents: a .txt, .md, .jsonl or .csv file or a "
                              "folder of them; may be given several times")
                  ->allow_extra_args(false)
                  ->type_name("PATH");
  const std::map<std::string, FaqAnswerBy> kinds = {{"extractive", FaqAnswerBy::extractive},
                                                    {"llm", FaqAnswerBy::llm}};
  command
      .add_option("--answer-by", flags->answer_by,
                  "Who answers from texts: extractive quotes them (default), llm is the language "
                  "model, which may say what they do not")
      ->transform(CLI::Transformer(kinds, CLI::ignore_case))
      ->needs(faq)
      ->type_name("NAME");
  command.add_option("--sources", flags->options.sources, "Passages to look at and to name")
      ->capture_default_str()
      ->check(CLI::Range(1, 100))
      ->needs(faq);
  command
      .add_option("--min-score", flags->options.min_score,
                  "Similarity below which a passage is about something else, from -1 to 1")
      ->capture_default_str()
      ->check(CLI::Range(-1.0, 1.0))
      ->needs(faq);
  command
      .add_option("--embedding-model", flags->embedding_model, "Model that passages are found with")
      ->capture_default_str()
      ->needs(faq)
      ->type_name("MODEL");
  command.add_option("--qa-model", flags->qa_model, "Model that quotes")
      ->capture_default_str()
      ->needs(faq)
      ->type_name("MODEL");
}

FaqAnswerer load_faq(const FaqFlags& flags, std::unique_ptr<FaqReader> reader,
                     const std::shared_ptr<ThreadPool>& pool, const EngineOptions& engine) {
  Embedder embedder(load_model(flags.embedding_model, pool, engine, Head::embedding));
  PassageLimits limits;
  // What the embedding model would not see of a passage could never be found.
  limits.max_tokens = std::min(limits.max_tokens, embedder.model().max_length);
  FaqDocuments documents = read_faq_documents(flags.documents, limits, token_counter(embedder));
  if (reader == nullptr) {
    reader =
        std::make_unique<FaqExtractor>(QuestionAnswerer(load_model(flags.qa_model, pool, engine)));
  }
  return {FaqRetriever(std::move(documents), std::move(embedder), {}, passage_progress()),
          std::move(reader), flags.options};
}

}  // namespace jnlp
