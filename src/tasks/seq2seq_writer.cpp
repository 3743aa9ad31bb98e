#include "tasks/seq2seq_writer.h"

#include <utility>

namespace jnlp {
Seq2SeqWriter::Seq2SeqWriter(LoadedSeq2Seq model, Seq2SeqOptions options)
    : model_(std::move(model)), options_(std::move(options)) {}

// The prefix and the special tokens count with the text: tokens at its beginning may be others
// behind a prefix.
int64_t Seq2SeqWriter::max_tokens() const {
  return model_.max_source_length;
}

int64_t Seq2SeqWriter::count_tokens(std::string_view text) const {
  return std::ssize(model_.tokenizer->encode(model_.prefix + std::string(text)).ids);
}

std::vector<WrittenSummary> Seq2SeqWriter::write(std::span<const std::string> texts,
                                                 const std::function<bool()>& given_up) {
  Batch sources;
  std::vector<WrittenSummary> written(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const Encoding encoding = model_.tokenizer->encode(model_.prefix + texts[i]);
    written[i].tokens = std::ssize(encoding.ids);
    sources.add(encoding.ids);
  }
  Seq2SeqOptions options = options_;
  options.given_up = given_up;
  const auto generated = model_.backend->generate(sources, options);
  for (size_t i = 0; i < texts.size(); ++i) {
    if (generated[i].empty()) continue;
    const std::vector<int32_t>& ids = generated[i].front().token_ids;
    written[i].generated_tokens = std::ssize(ids);
    written[i].text = without_outer_space(model_.tokenizer->decode(ids));
  }
  return written;
}

}  // namespace jnlp
