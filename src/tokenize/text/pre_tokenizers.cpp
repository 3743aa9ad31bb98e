#include "tokenize/text/pre_tokenizers.h"

#include "base/utf8.h"
#include "tokenize/regex/known_patterns.h"
#include "tokenize/text/byte_alphabet.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

void split_by_property(PieceList* pieces, uint32_t property, SplitBehavior behavior) {
  pieces->split(
      [property](std::string_view text, std::vector<Match>* matches) {
        match_code_points(
            text, [=](char32_t c) { return has_property(c, property); }, matches);
      },
      behavior);
}

enum class WordClass { space, word, other };

WordClass word_class(char32_t c) {
  if (has_property(c, kWord)) return WordClass::word;
  return has_property(c, kWhitespace) ? WordClass::space : WordClass::other;
}

void match_words(std::string_view text, std::vector<Match>* matches) {
  for (size_t position = 0; position < text.size();) {
    const auto begin = static_cast<uint32_t>(position);
    const WordClass first = word_class(decode_utf8(text, &position));
    while (position < text.size()) {
      size_t next = position;
      if (word_class(decode_utf8(text, &next)) != first) break;
      position = next;
    }
    matches->push_back({begin, static_cast<uint32_t>(position), first == WordClass::space});
  }
}

void cover(std::string_view text, const std::vector<TextSpan>& found, bool invert,
           std::vector<Match>* matches) {
  uint32_t done = 0;
  for (const TextSpan& span : found) {
    if (done != span.begin) matches->push_back({done, span.begin, invert});
    matches->push_back({span.begin, span.end, !invert});
    done = span.end;
  }
  if (done != text.size()) matches->push_back({done, static_cast<uint32_t>(text.size()), invert});
}

// 0 is the class of what belongs to any script, such as the space.
uint8_t sentencepiece_script(char32_t c) {
  return c == U' ' ? 0 : script_class(c);
}

// What stands before the first letter that has a script is lost, as it is in the library.
void match_scripts(std::string_view text, std::vector<Match>* matches) {
  int last = -1;
  uint32_t begin = 0;
  for (size_t position = 0; position < text.size();) {
    const auto at = static_cast<uint32_t>(position);
    const uint8_t script = sentencepiece_script(decode_utf8(text, &position));
    if (script == 0) continue;
    if (script != last) {
      if (at > begin) matches->push_back({begin, at, last < 0});
      begin = at;
    }
    last = script;
  }
  const auto end = static_cast<uint32_t>(text.size());
  if (begin < end) matches->push_back({begin, end, last < 0});
}

}  // namespace

void BertPreTokenizer::apply(PieceList* pieces) const {
  split_by_property(pieces, kWhitespace, SplitBehavior::removed);
  split_by_property(pieces, kPunctuation, SplitBehavior::isolated);
}

void PropertySplit::apply(PieceList* pieces) const {
  split_by_property(pieces, property_, behavior_);
}

void WhitespacePreTokenizer::apply(PieceList* pieces) const {
  pieces->split(match_words, SplitBehavior::removed);
}

void CharDelimiterSplit::apply(PieceList* pieces) const {
  pieces->split(
      [this](std::string_view text, std::vector<Match>* matches) {
        match_code_points(
            text, [this](char32_t c) { return c == delimiter_; }, matches);
      },
      SplitBehavior::removed);
}

void PatternSplit::apply(PieceList* pieces) const {
  pieces->split(
      [this](std::string_view text, std::vector<Match>* matches) {
        cover(text, pattern_.find_all(text), invert_, matches);
      },
      behavior_);
}

void ByteLevelPreTokenizer::apply(PieceList* pieces) const {
  if (add_prefix_space_) {
    pieces->rewrite([](NormalizedText& text, const Piece&) {
      if (!text.text().starts_with(' ')) text.prepend(" ");
    });
  }
  if (use_regex_) {
    pieces->split(
        [](std::string_view text, std::vector<Match>* matches) {
          cover(text, find_gpt2_words(text), false, matches);
        },
        SplitBehavior::isolated);
  }
  if (spell_) {
    pieces->rewrite([](NormalizedText& text, const Piece&) { spell_bytes(&text); });
  }
}

void Metaspace::apply(PieceList* pieces) const {
  pieces->rewrite([this](NormalizedText& text, const Piece& piece) {
    std::vector<TextSpan> spaces;
    for (uint32_t i = 0; i < text.text().size(); ++i) {
      if (text.text()[i] == ' ') spaces.push_back({i, i + 1});
    }
    text.replace(spaces, replacement_);
    const bool wanted =
        prepend_ == Prepend::always || (prepend_ == Prepend::first && piece.original.begin == 0);
    if (wanted && !text.text().starts_with(replacement_)) text.prepend(replacement_);
  });
  if (!split_) return;
  size_t position = 0;
  const char32_t delimiter = decode_utf8(replacement_, &position);
  pieces->split(
      [delimiter](std::string_view text, std::vector<Match>* matches) {
        match_code_points(
            text, [=](char32_t c) { return c == delimiter; }, matches);
      },
      SplitBehavior::merged_with_next);
}

void UnicodeScriptsSplit::apply(PieceList* pieces) const {
  pieces->split(match_scripts, SplitBehavior::removed);
}

void FixedLengthSplit::apply(PieceList* pieces) const {
  pieces->split(
      [this](std::string_view text, std::vector<Match>* matches) {
        for (size_t position = 0; position < text.size();) {
          const auto begin = static_cast<uint32_t>(position);
          for (size_t i = 0; i < length_ && position < text.size(); ++i) {
            decode_utf8(text, &position);
          }
          matches->push_back({begin, static_cast<uint32_t>(position), false});
        }
      },
      SplitBehavior::isolated);
}

}  // namespace jnlp::tok
