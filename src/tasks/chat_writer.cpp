#include "tasks/chat_writer.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "tasks/sentence_splitter.h"
#include "tasks/summarizer.h"

namespace jnlp {
namespace {

// Of a text that was cut off, whole sentences only; all of it when there is none.
std::string whole_sentences(std::string text) {
  const std::vector<TextSpan> sentences = split_sentences(text);
  if (sentences.size() > 1) text.resize(sentences[sentences.size() - 2].end);
  return text;
}

}  // namespace

ChatWriter::ChatWriter(std::unique_ptr<TextGenerator> model, ChatSummaryOptions options)
    : model_(std::move(model)), options_(std::move(options)) {
  max_tokens_ = model_->context_size() - options_.generate.max_tokens;
  constexpr int64_t kFewTokens = 32;
  if (max_tokens_ < count_tokens("") + kFewTokens) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("a context of {} tokens has no room for a text and its summary of up to "
                    "{}; raise --context-size or lower --max-length",
                    model_->context_size(), options_.generate.max_tokens));
  }
}

int64_t ChatWriter::count_tokens(std::string_view text) const {
  return model_->count_tokens(prompt(text));
}

std::string ChatWriter::prompt(std::string_view text) const {
  std::string question = options_.max_sentences == 1
                             ? "Summarize the following text in one sentence."
                             : fmt::format("Summarize the following text in at most {} sentences.",
                                           options_.max_sentences);
  if (options_.min_words > 0)
    question += fmt::format(" Use at least {} words.", options_.min_words);
  question += " Write only the summary.\n\n";
  question += text;
  const ChatMessage message{"user", std::move(question)};
  return model_->apply_chat_template({&message, 1});
}

std::vector<WrittenSummary> ChatWriter::write(std::span<const std::string> texts,
                                              const std::function<bool()>& given_up) {
  std::vector<WrittenSummary> written;
  for (const std::string& text : texts) {
    model_->forget();  // what is read anew does not depend on the text before
    Generation answer =
        model_->generate(prompt(text), options_.generate, {.on_text = {}, .cancelled = given_up});
    if (answer.finish_reason == FinishReason::cancelled) throw_given_up();
    WrittenSummary& summary = written.emplace_back();
    summary.tokens = answer.stats.prompt_tokens;
    summary.generated_tokens = answer.stats.generated_tokens;
    summary.text = without_outer_space(std::move(answer.text));
    if (answer.finish_reason == FinishReason::max_tokens) {
      summary.text = whole_sentences(std::move(summary.text));
    }
  }
  return written;
}

}  // namespace jnlp
