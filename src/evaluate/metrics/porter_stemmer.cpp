#include "evaluate/metrics/porter_stemmer.h"

#include <algorithm>
#include <span>
#include <utility>

namespace jnlp {
namespace {

// A 'c' for each consonant and a 'v' for each vowel. A y is a vowel exactly behind a consonant.
std::string sounds(std::string_view word) {
  constexpr std::string_view kVowels = "aeiou";
  std::string pattern;
  pattern.reserve(word.size());
  for (const char letter : word) {
    const bool vowel =
        letter == 'y' ? pattern.ends_with('c') : kVowels.find(letter) != std::string_view::npos;
    pattern += vowel ? 'v' : 'c';
  }
  return pattern;
}

// Porter's m: how often a consonant follows a vowel.
int measure(std::string_view stem) {
  const std::string pattern = sounds(stem);
  int count = 0;
  for (size_t i = 1; i < pattern.size(); ++i) {
    if (pattern[i - 1] == 'v' && pattern[i] == 'c') ++count;
  }
  return count;
}

bool has_positive_measure(std::string_view stem) {
  return measure(stem) > 0;
}

bool has_measure_above_one(std::string_view stem) {
  return measure(stem) > 1;
}

bool has_vowel(std::string_view stem) {
  return sounds(stem).find('v') != std::string::npos;
}

bool ends_in_double_consonant(std::string_view word) {
  return word.size() >= 2 && word[word.size() - 1] == word[word.size() - 2] &&
         sounds(word).back() == 'c';
}

// Porter's *o; a word that is only vowel and consonant is NLTK's addition.
bool ends_in_short_syllable(std::string_view word) {
  const std::string pattern = sounds(word);
  if (word.size() == 2) return pattern == "vc";
  return pattern.ends_with("cvc") && std::string_view("wxy").find(word.back()) == std::string::npos;
}

std::string_view without(std::string_view word, std::string_view suffix) {
  return word.substr(0, word.size() - suffix.size());
}

using Condition = bool (*)(std::string_view stem);

struct Rule {
  std::string_view suffix;
  std::string_view replacement;
};

// The first rule whose suffix fits decides, whether its condition holds or not.
std::string apply_first(std::string word, std::span<const Rule> rules, Condition condition) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    const std::string_view stem = without(word, rule.suffix);
    if (!condition(stem)) return word;
    return std::string(stem).append(rule.replacement);
  }
  return word;
}

// Plurals.
std::string step_1a(std::string word) {
  if (word.size() == 4 && word.ends_with("ies")) return word.substr(0, 3);  // dies, not flies
  constexpr Rule kRules[] = {{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}};
  return apply_first(std::move(word), kRules, [](std::string_view) { return true; });
}

// What is left of a word without -ed or -ing gets back what those took away.
std::string mended(std::string stem) {
  if (stem.ends_with("at") || stem.ends_with("bl") || stem.ends_with("iz")) return stem + "e";
  if (ends_in_double_consonant(stem)) {
    if (std::string_view("lsz").find(stem.back()) == std::string::npos) stem.pop_back();
    return stem;
  }
  if (measure(stem) == 1 && ends_in_short_syllable(stem)) return stem + "e";
  return stem;
}

// -ed and -ing.
std::string step_1b(std::string word) {
  if (word.ends_with("ied")) return word.substr(0, word.size() - (word.size() == 4 ? 1 : 2));
  if (word.ends_with("eed")) {
    if (has_positive_measure(without(word, "eed"))) word.pop_back();
    return word;
  }
  for (const std::string_view suffix : {"ed", "ing"}) {
    if (!word.ends_with(suffix)) continue;
    const std::string_view stem = without(word, suffix);
    if (has_vowel(stem)) return mended(std::string(stem));
  }
  return word;
}

std::string step_1c(std::string word) {
  if (word.size() > 2 && word.ends_with('y') && sounds(without(word, "y")).back() == 'c') {
    word.back() = 'i';
  }
  return word;
}

// Double suffixes.
std::string step_2(std::string word) {
  if (word.ends_with("alli") && has_positive_measure(without(word, "alli"))) {
    return step_2(word.substr(0, word.size() - 2));
  }
  constexpr Rule kRules[] = {{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},
                             {"anci", "ance"},   {"izer", "ize"},    {"bli", "ble"},
                             {"alli", "al"},     {"entli", "ent"},   {"eli", "e"},
                             {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
                             {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"},
                             {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},
                             {"iviti", "ive"},   {"biliti", "ble"},  {"fulli", "ful"}};
  // The l counts as part of the stem, so that short ones such as "geo" are handled too.
  if (word.ends_with("logi")) {
    if (has_positive_measure(without(word, "ogi"))) word.pop_back();
    return word;
  }
  return apply_first(std::move(word), kRules, has_positive_measure);
}

std::string step_3(std::string word) {
  constexpr Rule kRules[] = {{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
                             {"ical", "ic"},  {"ful", ""},   {"ness", ""}};
  return apply_first(std::move(word), kRules, has_positive_measure);
}

std::string step_4(std::string word) {
  constexpr Rule kRules[] = {{"al", ""},   {"ance", ""}, {"ence", ""}, {"er", ""},    {"ic", ""},
                             {"able", ""}, {"ible", ""}, {"ant", ""},  {"ement", ""}, {"ment", ""},
                             {"ent", ""},  {"ion", ""},  {"ou", ""},   {"ism", ""},   {"ate", ""},
                             {"iti", ""},  {"ous", ""},  {"ive", ""},  {"ize", ""}};
  if (word.ends_with("ion")) {
    const std::string_view stem = without(word, "ion");
    if (!stem.ends_with('s') && !stem.ends_with('t')) return word;
  }
  return apply_first(std::move(word), kRules, has_measure_above_one);
}

// A last e and a last double l.
std::string step_5(std::string word) {
  if (word.ends_with('e')) {
    const std::string_view stem = without(word, "e");
    const int m = measure(stem);
    if (m > 1 || (m == 1 && !ends_in_short_syllable(stem))) word.pop_back();
  }
  if (word.ends_with("ll") && has_measure_above_one(without(word, "l"))) word.pop_back();
  return word;
}

std::string_view irregular_stem(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kStems[] = {
      {"sky", "sky"},        {"skies", "sky"},        {"dying", "die"},
      {"lying", "lie"},      {"tying", "tie"},        {"news", "news"},
      {"innings", "inning"}, {"inning", "inning"},    {"outings", "outing"},
      {"outing", "outing"},  {"cannings", "canning"}, {"canning", "canning"},
      {"howe", "howe"},      {"proceed", "proceed"},  {"exceed", "exceed"},
      {"succeed", "succeed"}};
  for (const auto& [irregular, stem] : kStems) {
    if (irregular == word) return stem;
  }
  return {};
}

}  // namespace

std::string porter_stem(std::string_view word) {
  if (const std::string_view stem = irregular_stem(word); !stem.empty()) return std::string(stem);
  if (word.size() <= 2) return std::string(word);
  return step_5(step_4(step_3(step_2(step_1c(step_1b(step_1a(std::string(word))))))));
}

}  // namespace jnlp
