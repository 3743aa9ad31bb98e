#include "tokenize/regex/known_patterns.h"

#include <array>
#include <cstdint>

#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

enum class CharKind : uint8_t { letter, number, space, newline, other };

CharKind kind_of_code_point(char32_t c) {
  const std::string_view category = kCategoryNames[general_category(c)];
  if (category[0] == 'L') return CharKind::letter;
  if (category[0] == 'N') return CharKind::number;
  if (c == '\r' || c == '\n') return CharKind::newline;
  return has_property(c, kRegexSpace) ? CharKind::space : CharKind::other;
}

std::array<CharKind, 256> make_kinds() {
  std::array<CharKind, 256> kinds{};
  for (char32_t c = 0; c < 256; ++c) kinds[c] = kind_of_code_point(c);
  return kinds;
}

// A text whose code points are asked for their kind.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    static const std::array<CharKind, 256> kinds = make_kinds();
    kinds_ = kinds.data();
  }

  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }
  char byte(uint32_t position) const { return position < size() ? text_[position] : '\0'; }
  char32_t code_point(uint32_t position) const {
    size_t at = position;
    return position < size() ? decode_utf8(text_, &at) : 0;
  }

  struct Step {
    CharKind kind;
    uint32_t end;
  };
  Step step(uint32_t position) const {
    const auto byte = static_cast<unsigned char>(text_[position]);
    if (byte < 0x80) return {kinds_[byte], position + 1};
    size_t end = position;
    const char32_t c = decode_utf8(text_, &end);
    return {c < 256 ? kinds_[c] : kind_of_code_point(c), static_cast<uint32_t>(end)};
  }
  bool is(CharKind kind, uint32_t position) const {
    return position < size() && step(position).kind == kind;
  }
  uint32_t run(CharKind kind, uint32_t position, uint32_t most = ~0U) const {
    for (; most > 0 && position < size(); --most) {
      const Step next = step(position);
      if (next.kind != kind) break;
      position = next.end;
    }
    return position;
  }

 private:
  std::string_view text_;
  const CharKind* kinds_;
};

bool is_space(CharKind kind) {
  return kind == CharKind::space || kind == CharKind::newline;
}

// \s+(?!\S)|\s+ : all of the white space but its last code point when something follows.
uint32_t end_of_space(const Scanner& text, uint32_t begin) {
  uint32_t last = begin;
  uint32_t end = begin;
  while (end < text.size()) {
    const Scanner::Step next = text.step(end);
    if (!is_space(next.kind)) break;
    last = end;
    end = next.end;
  }
  return end == text.size() || last == begin ? end : last;
}

// 's|'t|'re|'ve|'m|'ll|'d behind the apostrophe, or `begin` when it is none of them.
uint32_t end_of_contraction(const Scanner& text, uint32_t begin, bool ignore_case) {
  const auto letter = [&](uint32_t position) {
    const char c = text.byte(position);
    return ignore_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  const uint32_t at = begin + 1;
  const char first = letter(at);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 1;
  const char second = letter(at + 1);
  if ((first == 'r' || first == 'v') && second == 'e') return at + 2;
  if (first == 'l' && second == 'l') return at + 2;
  constexpr char32_t kLongS = 0x17F;  // the only other letter that folds to one of these
  if (ignore_case && text.code_point(at) == kLongS) return at + 2;
  return begin;
}

uint32_t end_of_gpt2_word(const Scanner& text, uint32_t begin) {
  if (text.byte(begin) == '\'') {
    const uint32_t end = end_of_contraction(text, begin, false);
    if (end > begin) return end;
  }
  const uint32_t word = begin + (text.byte(begin) == ' ' ? 1 : 0);
  if (word < text.size()) {
    const CharKind kind = text.step(word).kind;
    if (!is_space(kind)) return text.run(kind, word);
  }
  return end_of_space(text, begin);
}

// \s*[\r\n]+ : the white space up to its last newline, or `begin` when it has none.
uint32_t end_of_newlines(const Scanner& text, uint32_t begin) {
  uint32_t end = begin;
  for (uint32_t position = begin; position < text.size();) {
    const Scanner::Step next = text.step(position);
    if (!is_space(next.kind)) break;
    position = next.end;
    if (next.kind == CharKind::newline) end = position;
  }
  return end;
}

// \s++$ : white space that the text ends with, or `begin` when something follows.
uint32_t end_of_last_space(const Scanner& text, uint32_t begin) {
  uint32_t end = begin;
  while (end < text.size()) {
    const Scanner::Step next = text.step(end);
    if (!is_space(next.kind)) return begin;
    end = next.end;
  }
  return end;
}

// The pattern of cl100k and its descendants; `digits` is how many make a number, `last_whole` keeps
// the white space at the end in one piece.
uint32_t end_of_cl100k_word(const Scanner& text, uint32_t begin, uint32_t digits,
                            bool last_whole = false) {
  if (text.byte(begin) == '\'') {
    const uint32_t end = end_of_contraction(text, begin, true);
    if (end > begin) return end;
  }
  const Scanner::Step first = text.step(begin);
  if (first.kind == CharKind::letter) return text.run(CharKind::letter, first.end);
  if (first.kind == CharKind::number) return text.run(CharKind::number, first.end, digits - 1);
  if (first.kind != CharKind::newline && text.is(CharKind::letter, first.end)) {
    return text.run(CharKind::letter, first.end);
  }
  const uint32_t marks = begin + (text.byte(begin) == ' ' ? 1 : 0);
  if (text.is(CharKind::other, marks)) {
    return text.run(CharKind::newline, text.run(CharKind::other, marks));
  }
  if (last_whole) {
    const uint32_t end = end_of_last_space(text, begin);
    if (end > begin) return end;
  }
  const uint32_t end = end_of_newlines(text, begin);
  return end > begin ? end : end_of_space(text, begin);
}

template <typename EndOf>
std::vector<TextSpan> find_words(std::string_view text, EndOf end_of) {
  const Scanner scanner(text);
  std::vector<TextSpan> words;
  words.reserve(text.size() / 4 + 4);
  for (uint32_t begin = 0; begin < scanner.size();) {
    const uint32_t end = end_of(scanner, begin);
    words.push_back({begin, end});
    begin = end;
  }
  return words;
}

std::vector<TextSpan> find_cl100k_words(std::string_view text) {
  return find_words(text,
                    [](const Scanner& s, uint32_t at) { return end_of_cl100k_word(s, at, 3); });
}

std::vector<TextSpan> find_tiktoken_cl100k_words(std::string_view text) {
  return find_words(
      text, [](const Scanner& s, uint32_t at) { return end_of_cl100k_word(s, at, 3, true); });
}

std::vector<TextSpan> find_qwen2_words(std::string_view text) {
  return find_words(text,
                    [](const Scanner& s, uint32_t at) { return end_of_cl100k_word(s, at, 1); });
}

}  // namespace

std::vector<TextSpan> find_gpt2_words(std::string_view text) {
  return find_words(text, end_of_gpt2_word);
}

KnownPattern find_known_pattern(std::string_view expression) {
  if (expression ==
      R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)") {
    return find_gpt2_words;
  }
  if (expression ==
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)") {
    return find_cl100k_words;
  }
  if (expression ==
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)") {
    return find_qwen2_words;
  }
  if (expression ==
      R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)") {
    return find_tiktoken_cl100k_words;
  }
  return nullptr;
}

}  // namespace jnlp::tok
