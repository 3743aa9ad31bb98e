#include "tasks/sentence_splitter.h"

#include <algorithm>
#include <string>

#include "tasks/line_breaks.h"
#include "tasks/sentence_words.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

bool is_one_of(char32_t c, std::u32string_view chars) {
  return chars.find(c) != std::u32string_view::npos;
}

// Ends a sentence of a script that puts no space behind it.
bool is_full_width_terminator(char32_t c) {
  return is_one_of(c, U"\u3002\uFF01\uFF1F\uFF61");
}

bool is_terminator(char32_t c) {
  // Beyond . ! ?: ellipsis, double marks, Devanagari dandas, Arabic and Urdu marks.
  return is_one_of(c, U".!?\u2026\u203C\u2047\u2048\u2049\u0964\u0965\u061F\u06D4") ||
         is_full_width_terminator(c);
}

bool is_closing(char32_t c) {
  return is_one_of(c, U"\"')]}\u2019\u201D\u00BB\u203A\u300D\u300F\uFF09\u3011");
}

bool is_opening(char32_t c) {
  return is_one_of(c,
                   U"\"'([{\u2018\u201C\u201E\u201A\u00AB\u2039\u300C\u300E-\u2013\u2014*\u2022");
}

// A word may follow one without a space: "(CNN)U.S."
bool parts_words(char32_t c) {
  return is_space(c) || is_one_of(c, U"()[]{}");
}

class Splitter {
 public:
  explicit Splitter(std::string_view text)
      : text_(text), chars_(text_.chars), breaks_(text_.chars) {}

  std::vector<TextSpan> run() {
    size_t i = 0;
    while (i < chars_.size()) {
      const size_t next = is_terminator(chars_[i]) ? end_of_marks(i) : i + 1;
      const bool ends =
          is_terminator(chars_[i]) ? is_sentence_end(i, next) : breaks_.ends_sentence(i);
      if (ends) finish(next);
      i = next;
    }
    finish(chars_.size());
    return std::move(sentences_);
  }

 private:
  // Behind all terminators and closing marks from `i` on.
  size_t end_of_marks(size_t i) const {
    while (i < chars_.size() && is_terminator(chars_[i])) ++i;
    while (i < chars_.size() && is_closing(chars_[i])) ++i;
    return i;
  }

  bool is_sentence_end(size_t mark, size_t end) const {
    if (is_full_width_terminator(chars_[mark]) || end == chars_.size()) return true;
    if (!is_space(chars_[end])) return false;
    size_t next = end;
    while (next < chars_.size() && (is_space(chars_[next]) || is_opening(chars_[next]))) ++next;
    if (next == chars_.size()) return true;
    if (is_lower_letter(chars_[next])) return false;
    const bool single_stop = chars_[mark] == U'.' && !is_terminator(chars_[mark + 1]);
    return !single_stop || !stop_belongs_to_word(mark, next);
  }

  // True when the full stop at `mark` is part of the word before it. `next` is where the next word
  // begins, which is not in lower case.
  bool stop_belongs_to_word(size_t mark, size_t next) const {
    size_t begin = mark;
    while (begin > begin_ && !parts_words(chars_[begin - 1])) --begin;
    while (begin < mark && is_opening(chars_[begin])) ++begin;
    const std::string word = ascii_text(begin, mark);
    if (is_list_number(begin, mark)) return true;
    if (is_title(word)) return true;
    if (is_number_abbreviation(word) && is_digit(chars_[next])) return true;
    const bool initial = mark - begin == 1 && is_letter(chars_[begin]);
    const bool dotted = word.find('.') != std::string::npos && is_all_short_parts(word);
    if (!initial && !dotted && !is_abbreviation(word)) return false;
    return !begins_with_starter(next);
  }

  // "1." before the text of a list's item.
  bool is_list_number(size_t begin, size_t mark) const {
    constexpr size_t kLongest = 3;
    for (size_t i = begin_; i < begin; ++i) {
      if (!is_space(chars_[i]) && !is_opening(chars_[i])) return false;
    }
    if (begin == mark || mark - begin > kLongest) return false;
    return std::all_of(chars_.begin() + static_cast<ptrdiff_t>(begin),
                       chars_.begin() + static_cast<ptrdiff_t>(mark), is_digit);
  }

  // "U.S", "e.g", "Ph.D", but no "end.Next".
  static bool is_all_short_parts(std::string_view word) {
    constexpr size_t kLongestPart = 2;
    size_t length = 0;
    for (const char c : word) {
      length = c == '.' ? 0 : length + 1;
      if (length > kLongestPart || (c >= '0' && c <= '9')) return false;
    }
    return true;
  }

  bool begins_with_starter(size_t next) const {
    size_t end = next;
    while (end < chars_.size() && is_letter(chars_[end])) ++end;
    const bool initial = end < chars_.size() && chars_[end] == U'.';
    return !initial && often_begins_sentence(ascii_text(next, end));
  }

  // Nothing when it is not all ASCII: no word of our lists is.
  std::string ascii_text(size_t begin, size_t end) const {
    std::string text;
    for (size_t i = begin; i < end; ++i) {
      if (chars_[i] >= 0x80) return {};
      text += static_cast<char>(chars_[i]);
    }
    return text;
  }

  void finish(size_t end) {
    size_t begin = begin_;
    begin_ = end;
    while (begin < end && is_space(chars_[begin])) ++begin;
    while (end > begin && is_space(chars_[end - 1])) --end;
    if (begin < end) sentences_.push_back({text_.bytes[begin], text_.bytes[end]});
  }

  TextChars text_;
  const std::vector<char32_t>& chars_;
  LineBreaks breaks_;
  size_t begin_ = 0;  // of the sentence at hand
  std::vector<TextSpan> sentences_;
};

}  // namespace

std::vector<TextSpan> split_sentences(std::string_view text) {
  return Splitter(text).run();
}

}  // namespace jnlp
