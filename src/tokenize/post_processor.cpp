#include "tokenize/post_processor.h"

#include <algorithm>

#include "base/utf8.h"

namespace jnlp::tok {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// `count` code points on, but not beyond `limit`.
uint32_t advance(std::string_view text, uint32_t position, uint32_t count, uint32_t limit) {
  for (; count > 0 && position < limit; --count) {
    ++position;
    while (position < limit && is_continuation(text[position])) ++position;
  }
  return position;
}

// `count` code points back, but not before `limit`; stays where it is when the text is too short.
uint32_t retreat(std::string_view text, uint32_t position, uint32_t count, uint32_t limit) {
  uint32_t back = position;
  for (; count > 0; --count) {
    if (back == 0) return position;
    --back;
    while (back > 0 && is_continuation(text[back])) --back;
  }
  return std::max(back, limit);
}

void trim(std::string_view text, TokenSequence::Spaces spaces, bool is_first, bool add_prefix_space,
          TextSpan* span) {
  if (spaces.leading > 0) {
    // A single space in front of the first token was put there by the pre-tokenizer.
    const bool added = (is_first || span->begin == 0) && add_prefix_space && spaces.leading == 1;
    if (!added) span->begin = advance(text, span->begin, spaces.leading, span->end);
  }
  if (spaces.trailing > 0) {
    span->end = retreat(text, span->end, spaces.trailing, span->begin);
  }
}

class Builder {
 public:
  Builder(const PostProcessor& processor, size_t capacity) : processor_(processor) {
    out_.ids.reserve(capacity);
    out_.type_ids.reserve(capacity);
    out_.offsets.reserve(capacity);
    out_.word_ids.reserve(capacity);
    out_.sequence_ids.reserve(capacity);
    out_.special_tokens_mask.reserve(capacity);
  }

  void add_special(const PostProcessor::Item& item) {
    const size_t size = out_.size() + item.ids.size();
    out_.ids.insert(out_.ids.end(), item.ids.begin(), item.ids.end());
    out_.type_ids.resize(size, item.type_id);
    out_.offsets.resize(size);
    out_.word_ids.resize(size, -1);
    out_.sequence_ids.resize(size, -1);
    out_.special_tokens_mask.resize(size, 1);
  }

  void add_text(const PostProcessor::Part& part, int32_t sequence, int32_t type_id) {
    const TokenSequence& tokens = *part.tokens;
    const auto begin = static_cast<std::ptrdiff_t>(part.window.begin);
    const auto end = static_cast<std::ptrdiff_t>(part.window.end);
    const size_t before = out_.size();
    out_.ids.insert(out_.ids.end(), tokens.ids.begin() + begin, tokens.ids.begin() + end);
    out_.offsets.insert(out_.offsets.end(), tokens.offsets.begin() + begin,
                        tokens.offsets.begin() + end);
    out_.word_ids.insert(out_.word_ids.end(), tokens.words.begin() + begin,
                         tokens.words.begin() + end);
    out_.type_ids.resize(out_.size(), type_id);
    out_.sequence_ids.resize(out_.size(), sequence);
    out_.special_tokens_mask.resize(out_.size(), 0);
    for (const bool add_prefix_space : processor_.trims) {
      for (size_t i = 0; i < part.window.end - part.window.begin; ++i) {
        trim(part.text, tokens.spaces[part.window.begin + i], i == 0, add_prefix_space,
             &out_.offsets[before + i]);
      }
    }
  }

  Encoding finish() { return std::move(out_); }

 private:
  const PostProcessor& processor_;
  Encoding out_;
};

}  // namespace

bool PostProcessor::second_is_first() const {
  const auto text = std::find_if(pair.begin(), pair.end(),
                                 [](const Item& item) { return item.kind != Item::Kind::special; });
  return text != pair.end() && text->kind == Item::Kind::second;
}

size_t PostProcessor::added(bool is_pair) const {
  size_t count = 0;
  for (const Item& item : is_pair ? pair : single) count += item.ids.size();
  return count;
}

Encoding PostProcessor::build(const Part& first, const std::optional<Part>& second,
                              bool special_tokens) const {
  size_t capacity = added(second.has_value()) + (first.window.end - first.window.begin);
  if (second) capacity += second->window.end - second->window.begin;
  Builder builder(*this, capacity);
  for (const Item& item : second ? pair : single) {
    if (item.kind == Item::Kind::special) {
      if (special_tokens) builder.add_special(item);
      continue;
    }
    const bool is_first = item.kind == Item::Kind::first;
    const Part& part = is_first ? first : *second;
    const int32_t sequence = is_first ? 0 : 1;
    // Of the type ids that the file asks for, the library tells the windows after the first nothing
    // (a template), or only when it adds special tokens (RoBERTa).
    int32_t type_id = item.type_id;
    if (part.window.is_overflow && (is_template || (all_types_zero && !special_tokens))) {
      type_id = sequence;
    }
    builder.add_text(part, sequence, type_id);
  }
  return builder.finish();
}

}  // namespace jnlp::tok
