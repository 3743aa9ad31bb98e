#include "evaluate/metrics/contained_answer.h"

#include <algorithm>

#include "evaluate/metrics/python_text.h"

namespace jnlp {
namespace {

bool is_ascii_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}

// With spaces around, so that whole words can be searched for.
std::string padded(std::string_view text) {
  return " " + normalize_words(text) + " ";
}

bool is_yes_or_no(const std::string& word) {
  return word == "yes" || word == "no";
}

// The first "yes" or "no" of a padded text, or nothing.
std::string_view first_yes_or_no(std::string_view text) {
  const size_t yes = text.find(" yes ");
  const size_t no = text.find(" no ");
  if (yes == no) return {};  // neither
  return yes < no ? "yes" : "no";
}

}  // namespace

std::string normalize_words(std::string_view text) {
  const std::u32string lower = python_lower(text);
  std::u32string words;
  for (size_t i = 0; i < lower.size(); ++i) {
    const char32_t c = lower[i];
    const bool in_number = i > 0 && i + 1 < lower.size() && is_ascii_digit(lower[i - 1]) &&
                           is_ascii_digit(lower[i + 1]);
    if (c == U',' && in_number) continue;
    if (is_python_word(c) || (c == U'.' && in_number)) {
      words += c;
    } else if (!words.empty() && words.back() != U' ') {
      words += U' ';
    }
  }
  if (!words.empty() && words.back() == U' ') words.pop_back();
  return to_utf8(words);
}

bool contains_answer(std::string_view text, std::span<const std::string> accepted) {
  const std::string words = padded(text);
  if (accepted.size() == 1 && is_yes_or_no(normalize_words(accepted.front()))) {
    return first_yes_or_no(words) == normalize_words(accepted.front());
  }
  return std::any_of(accepted.begin(), accepted.end(), [&](const std::string& answer) {
    const std::string wanted = padded(answer);
    return wanted.size() > 2 && words.find(wanted) != std::string::npos;
  });
}

}  // namespace jnlp
