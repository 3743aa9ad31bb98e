#include "tasks/written_summarizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "tasks/document_sections.h"
#include "tasks/document_sentences.h"

namespace jnlp {
namespace {

// A document on its way: what is to be summarized next, and what has been.
struct Draft {
  std::string text;
  std::vector<TextSpan> sections = {};
  bool done = false;
};

std::vector<std::string> section_texts(const std::vector<Draft>& drafts) {
  std::vector<std::string> texts;
  for (const Draft& draft : drafts) {
    if (draft.done) continue;
    for (const TextSpan span : draft.sections) {
      texts.push_back(draft.text.substr(span.begin, span.end - span.begin));
    }
  }
  return texts;
}

}  // namespace

WrittenSummarizer::WrittenSummarizer(std::unique_ptr<SummaryWriter> writer, int64_t section_tokens)
    : writer_(std::move(writer)),
      section_tokens_(section_tokens == 0 ? writer_->max_tokens() : section_tokens) {
  if (section_tokens_ > writer_->max_tokens()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("sections of {} tokens are too long: this model reads at most {}",
                            section_tokens_, writer_->max_tokens()));
  }
}

std::vector<WrittenSummary> WrittenSummarizer::write(std::span<const std::string> texts,
                                                     const SummaryOptions& options) {
  const size_t group = static_cast<size_t>(std::max<int64_t>(options.batch.max_sequences, 1));
  std::vector<WrittenSummary> written;
  while (written.size() < texts.size()) {
    check_given_up(options);
    if (options.progress) options.progress(std::ssize(written), std::ssize(texts));
    const size_t count = std::min(group, texts.size() - written.size());
    for (WrittenSummary& summary :
         writer_->write(texts.subspan(written.size(), count), options.given_up)) {
      written.push_back(std::move(summary));
    }
  }
  if (options.progress) options.progress(std::ssize(written), std::ssize(texts));
  return written;
}

std::vector<Summary> WrittenSummarizer::run(std::span<const std::string> documents,
                                            const SummaryOptions& options) {
  check_options(options);
  const CountTokens count = [&](std::string_view text) {
    check_given_up(options);  // a long document has many sections to find
    return writer_->count_tokens(text);
  };
  std::vector<Draft> drafts;
  std::vector<Summary> summaries(documents.size());
  for (size_t i = 0; i < documents.size(); ++i) {
    check_given_up(options);
    Draft& draft = drafts.emplace_back(Draft{documents[i]});
    draft.sections = document_sections(draft.text, section_tokens_, count);
    draft.done = draft.sections.empty();
    summaries[i].sections = std::ssize(draft.sections);
    summaries[i].document_sentences = std::ssize(document_sentences(documents[i]));
  }
  for (int64_t pass = 1;; ++pass) {
    const std::vector<std::string> texts = section_texts(drafts);
    if (texts.empty()) return summaries;
    const std::vector<WrittenSummary> written = write(texts, options);
    auto next = written.begin();
    for (size_t i = 0; i < drafts.size(); ++i) {
      Draft& draft = drafts[i];
      if (draft.done) continue;
      Summary& summary = summaries[i];
      summary.passes = pass;
      std::string joined;
      for (size_t section = 0; section < draft.sections.size(); ++section, ++next) {
        summary.tokens += next->tokens;
        summary.generated_tokens += next->generated_tokens;
        if (!joined.empty() && !next->text.empty()) joined += '\n';
        joined += next->text;
      }
      const size_t sections_before = draft.sections.size();
      draft.sections = sections_before == 1 ? std::vector<TextSpan>()
                                            : document_sections(joined, section_tokens_, count);
      draft.text = std::move(joined);
      if (draft.sections.empty()) {
        draft.done = true;
        summary.text = std::move(draft.text);
      } else if (draft.sections.size() * 4 > sections_before * 3) {
        // At this rate it would take many passes, or not end at all.
        summary.truncated = true;
        draft.sections.resize(1);
      }
    }
  }
}

}  // namespace jnlp
