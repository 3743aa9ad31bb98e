#include "tasks/lead_summarizer.h"

#include <utility>

#include "tasks/document_sentences.h"

namespace jnlp {
namespace {

Summary lead_of(std::string_view document, const SummaryOptions& options) {
  const auto sentences = document_sentences(document);
  SummaryLength length(options);
  std::vector<size_t> chosen;
  for (size_t i = 0; i < sentences.size() && length.wants_more(); ++i) {
    if (i > 0 && !length.has_room_for(sentences[i].words)) break;
    length.add(sentences[i].words);
    chosen.push_back(i);
  }
  return summary_of(document, sentences, std::move(chosen));
}

}  // namespace

std::vector<Summary> LeadSummarizer::run(std::span<const std::string> documents,
                                         const SummaryOptions& options) {
  check_options(options);
  std::vector<Summary> summaries;
  summaries.reserve(documents.size());
  for (const std::string& document : documents) summaries.push_back(lead_of(document, options));
  return summaries;
}

}  // namespace jnlp
