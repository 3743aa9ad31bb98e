#include "tokenize/text/sentencepiece_normalizer.h"

#include <algorithm>

#include "tokenize/models/sentencepiece.h"

namespace jnlp::tok {
namespace {

void drop_leading_spaces(std::string_view* text) {
  text->remove_prefix(std::min(text->find_first_not_of(' '), text->size()));
}

}  // namespace

// The normalized text, with the place in the original where each of its bytes comes from.
class SentencePieceNormalizer::Writer {
 public:
  Writer(const SentencePieceNormalizerOptions& options, size_t size)
      : space_(options.escape_whitespaces ? kSpaceSymbol : " "), size_before_(size) {
    text_.reserve(size + size / 2 + 4);
    places_.reserve(size + size / 2 + 4);
  }

  void add(std::string_view part, uint32_t place) {
    for (const char c : part) {
      if (c == ' ') {
        add_space(place);
      } else {
        text_.push_back(c);
        places_.push_back(place);
      }
    }
    check_growth(size_before_, text_.size());
  }

  void add_space(uint32_t place) {
    text_.append(space_);
    places_.insert(places_.end(), space_.size(), place);
  }

  // The place where the text ends afterwards.
  uint32_t drop_trailing_spaces(uint32_t end) {
    while (text_.ends_with(space_)) {
      text_.resize(text_.size() - space_.size());
      end = places_[text_.size()];
      places_.resize(text_.size());
    }
    return end;
  }

  void finish(uint32_t end, NormalizedText* text) {
    const uint32_t base = text->alignment().front().begin;
    std::vector<TextSpan> alignment(places_.size());
    for (size_t i = 0; i < places_.size(); ++i) {
      const uint32_t next = i + 1 < places_.size() ? places_[i + 1] : end;
      alignment[i] = {base + places_[i], base + next};
    }
    text->assign(std::move(text_), std::move(alignment));
  }

 private:
  std::string_view space_;
  size_t size_before_;
  std::string text_;
  std::vector<uint32_t> places_;
};

CharsMap::Replacement SentencePieceNormalizer::prefix(std::string_view text) const {
  const PrefixTrie::Longest symbol = symbols_.longest_prefix(text);
  if (symbol.value >= 0) return {symbol.length, text.substr(0, symbol.length)};
  if (map_) {
    if (const auto found = map_->longest(text)) return *found;
  }
  const size_t length = character_length(text, 0);
  return {length, text.substr(0, length)};
}

void SentencePieceNormalizer::apply(NormalizedText* text) const {
  const std::string_view input = text->text();
  if (input.empty()) return;
  size_t position = 0;
  while (options_.remove_extra_whitespaces && position < input.size()) {
    const CharsMap::Replacement part = prefix(input.substr(position));
    if (part.text != " ") break;
    position += part.length;
  }
  if (position == input.size()) return text->assign({}, {});
  Writer out(options_, input.size());
  const bool as_suffix = options_.treat_whitespace_as_suffix;
  if (options_.add_dummy_prefix && !as_suffix) out.add_space(static_cast<uint32_t>(position));
  bool after_space = options_.remove_extra_whitespaces;
  while (position < input.size()) {
    CharsMap::Replacement part = prefix(input.substr(position));
    if (after_space) drop_leading_spaces(&part.text);
    out.add(part.text, static_cast<uint32_t>(position));
    if (!part.text.empty()) after_space = part.text.ends_with(' ');
    if (!options_.remove_extra_whitespaces) after_space = false;
    position += part.length;
  }
  auto end = static_cast<uint32_t>(position);
  if (options_.remove_extra_whitespaces) end = out.drop_trailing_spaces(end);
  if (options_.add_dummy_prefix && as_suffix) out.add_space(end);
  out.finish(end, text);
}

}  // namespace jnlp::tok
