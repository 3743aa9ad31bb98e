#include "evaluate/metrics/rouge_words.h"

#include "evaluate/metrics/porter_stemmer.h"
#include "evaluate/metrics/python_text.h"
#include "tokenize/unicode/normalization.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp {
namespace {

using IsPart = bool (*)(char32_t c);

bool is_ascii_word(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9');
}

// Marks are part of words: without them, those of many Indian scripts would fall into pieces.
bool is_unicode_word(char32_t c) {
  const char kind = tok::kCategoryNames[tok::general_category(c)][0];
  return kind == 'L' || kind == 'N' || kind == 'M';
}

// Scripts that put no spaces between words and have a sign for each syllable or more.
bool is_word_by_itself(char32_t c) {
  const std::string_view script = tok::kRegexScriptNames[tok::regex_script(c)];
  return script == "Han" || script == "Hiragana" || script == "Katakana";
}

std::vector<std::string> runs_of(std::u32string_view text, IsPart is_part, IsPart stands_alone) {
  std::vector<std::string> words;
  std::u32string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(to_utf8(word));
    word.clear();
  };
  for (const char32_t c : text) {
    if (!is_part(c) || stands_alone(c)) finish();
    if (is_part(c)) word += c;
    if (stands_alone(c)) finish();
  }
  finish();
  return words;
}

std::string normalized(std::string_view text) {
  std::u32string composed;
  for (const tok::CharChange& change : tok::normalize(text, tok::NormalizationForm::nfkc)) {
    composed += change.c;
  }
  return to_utf8(composed);
}

std::vector<std::string> unicode_words(std::string_view text) {
  return runs_of(python_lower(normalized(text)), is_unicode_word, is_word_by_itself);
}

std::vector<std::string> ascii_words(std::string_view text) {
  return runs_of(python_lower(text), is_ascii_word, [](char32_t) { return false; });
}

}  // namespace

std::vector<std::string> rouge_words(std::string_view text, RougeTokens tokens) {
  if (tokens == RougeTokens::unicode) return unicode_words(text);
  std::vector<std::string> words = ascii_words(text);
  if (tokens == RougeTokens::ascii) return words;
  constexpr size_t kShortWord = 3;
  for (std::string& word : words) {
    if (word.size() > kShortWord) word = porter_stem(word);
  }
  return words;
}

}  // namespace jnlp
