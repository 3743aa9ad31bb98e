#include "evaluate/metrics/answers.h"

#include <algorithm>
#include <map>
#include <vector>

#include "evaluate/metrics/python_text.h"

namespace jnlp {
namespace {

bool is_punctuation(char32_t c) {
  constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  return c < 0x80 && kPunctuation.find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_article(std::u32string_view word) {
  return word == U"a" || word == U"an" || word == U"the";
}

// Each article that stands alone between word borders becomes a space.
std::u32string without_articles(std::u32string_view text) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_python_word(text[end])) ++end;
    const std::u32string_view word = text.substr(i, end - i);
    if (is_article(word)) {
      out += U' ';
    } else {
      out += word;
    }
    if (end < text.size()) out += text[end++];
    i = end;
  }
  return out;
}

std::vector<std::u32string> normalized_words(std::string_view text) {
  std::u32string lower = python_lower(text);
  lower.erase(std::remove_if(lower.begin(), lower.end(), is_punctuation), lower.end());
  std::vector<std::u32string> words;
  std::u32string word;
  for (const char32_t c : without_articles(lower) + U' ') {
    if (!is_python_space(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

using Words = std::vector<std::u32string>;

double word_f1(const Words& prediction, const Words& reference) {
  std::map<std::u32string_view, int> left;
  for (const auto& word : reference) ++left[word];
  int common = 0;
  for (const auto& word : prediction) {
    if (left[word]-- > 0) ++common;
  }
  if (common == 0) return 0;
  const double precision = 1.0 * common / static_cast<double>(prediction.size());
  const double recall = 1.0 * common / static_cast<double>(reference.size());
  return 2 * precision * recall / (precision + recall);
}

}  // namespace

std::string normalize_answer(std::string_view text) {
  std::string out;
  for (const std::u32string& word : normalized_words(text)) {
    if (!out.empty()) out += ' ';
    out += to_utf8(word);
  }
  return out;
}

AnswerScore score_answer_v1(std::string_view prediction, std::span<const std::string> references) {
  const Words words = normalized_words(prediction);
  AnswerScore best;
  for (const std::string& reference : references) {
    const Words expected = normalized_words(reference);
    if (words == expected) best.exact = 1;
    best.f1 = std::max(best.f1, word_f1(words, expected));
  }
  return best;
}

AnswerScore score_answer_v2(std::string_view prediction, std::span<const std::string> references) {
  const Words words = normalized_words(prediction);
  AnswerScore best;
  bool answerable = false;
  for (const std::string& reference : references) {
    const Words expected = normalized_words(reference);
    if (expected.empty()) continue;
    answerable = true;
    if (words == expected) best.exact = 1;
    best.f1 = std::max(best.f1, word_f1(words, expected));
  }
  if (answerable) return best;
  const double right = words.empty() ? 1 : 0;
  return {right, right};
}

}  // namespace jnlp
