#include "tokenize/regex/char_set.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

// Oniguruma compares property names without case, spaces, '-' and '_'.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') continue;
    plain.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return plain;
}

// Bits of the general categories that a name stands for; 0 when it is none.
uint32_t category_mask(const std::string& plain) {
  static const std::map<std::string, std::string> kLongNames = {
      {"letter", "l"},
      {"mark", "m"},
      {"number", "n"},
      {"punctuation", "p"},
      {"punct", "p"},  // [[:punct:]] has symbols too
      {"symbol", "s"},
      {"separator", "z"},
      {"other", "c"},
      {"uppercaseletter", "lu"},
      {"lowercaseletter", "ll"},
      {"titlecaseletter", "lt"},
      {"modifierletter", "lm"},
      {"otherletter", "lo"},
      {"nonspacingmark", "mn"},
      {"spacingmark", "mc"},
      {"enclosingmark", "me"},
      {"decimalnumber", "nd"},
      {"letternumber", "nl"},
      {"othernumber", "no"},
      {"control", "cc"},
      {"format", "cf"},
      {"mathsymbol", "sm"},
      {"currencysymbol", "sc"},
      {"modifiersymbol", "sk"},
      {"othersymbol", "so"},
      {"spaceseparator", "zs"},
      {"dashpunctuation", "pd"},
  };
  const auto found = kLongNames.find(plain);
  const std::string& name = found == kLongNames.end() ? plain : found->second;
  if (name.empty() || name.size() > 2) return 0;
  uint32_t mask = 0;
  for (uint32_t i = 0; i < std::size(kCategoryNames); ++i) {
    if (plain_name(kCategoryNames[i]).starts_with(name)) mask |= 1U << i;
  }
  return mask;
}

uint32_t posix_flag(const std::string& plain) {
  if (plain == "space" || plain == "whitespace") return kRegexSpace;
  if (plain == "word") return kRegexWord;
  if (plain == "digit") return kRegexDigit;
  if (plain == "alpha" || plain == "alphabetic") return kRegexAlpha;
  if (plain == "upper" || plain == "uppercase") return kRegexUpper;
  if (plain == "lower" || plain == "lowercase") return kRegexLower;
  return 0;
}

}  // namespace

void CharSet::add_range(char32_t first, char32_t last) {
  ranges_.emplace_back(first, last);
}

void CharSet::add_property(uint32_t flag, bool negated) {
  properties_.push_back({flag, negated});
}

void CharSet::add_class_word(bool negated) {
  CharSet numbers;  // superscript digits and fractions, which \w alone has
  numbers.add_range(0xB2, 0xB3);
  numbers.add_range(0xB9, 0xB9);
  numbers.add_range(0xBC, 0xBE);
  numbers.negate();
  CharSet word;
  word.add_property(kRegexWord, false);
  word.intersect(std::move(numbers));
  if (negated) word.negate();
  add_set(std::move(word));
}

bool CharSet::add_named(std::string_view name, bool negated) {
  if (name.starts_with('^')) return add_named(name.substr(1), !negated);
  const std::string plain = plain_name(name);
  if (const uint32_t flag = posix_flag(plain); flag != 0) {
    add_property(flag, negated);
    return true;
  }
  if (plain == "any") {
    categories_.push_back({~0U, negated});
    return true;
  }
  if (plain == "alnum") {
    CharSet either;
    either.add_property(kRegexAlpha | kRegexDigit, false);
    if (negated) either.negate();
    add_set(std::move(either));
    return true;
  }
  if (const uint32_t mask = category_mask(plain); mask != 0) {
    categories_.push_back({mask, negated});
    return true;
  }
  for (size_t i = 1; i < std::size(kRegexScriptNames); ++i) {
    if (plain_name(kRegexScriptNames[i]) != plain) continue;
    scripts_.push_back({static_cast<uint8_t>(i), negated});
    return true;
  }
  return false;
}

bool CharSet::has_member(char32_t c) const {
  const auto in_range = [c](const auto& range) { return c >= range.first && c <= range.second; };
  if (std::any_of(ranges_.begin(), ranges_.end(), in_range)) return true;
  for (const Property& p : properties_) {
    if (has_property(c, p.flag) != p.negated) return true;
  }
  for (const Categories& category : categories_) {
    if (((category.mask >> general_category(c)) & 1U) != static_cast<uint32_t>(category.negated)) {
      return true;
    }
  }
  for (const Script& script : scripts_) {
    if ((regex_script(c) == script.script) != script.negated) return true;
  }
  return std::any_of(subsets_.begin(), subsets_.end(),
                     [c](const CharSet& set) { return set.evaluate(c); });
}

bool CharSet::evaluate(char32_t c) const {
  const bool inside =
      has_member(c) && std::all_of(intersections_.begin(), intersections_.end(),
                                   [c](const CharSet& set) { return set.evaluate(c); });
  return inside != negated_;
}

void CharSet::ignore_case() {
  // Classes of case_fold() of which a member is in the set.
  CharSet plain = *this;
  plain.negated_ = false;
  std::vector<char32_t> folds;
  const auto check = [&](char32_t c) {
    if (plain.evaluate(c)) folds.push_back(case_fold(c));
  };
  for (const CaseFold& fold : kCaseFolds) {
    check(fold.from);
    check(fold.to);
  }
  std::sort(folds.begin(), folds.end());
  for (const CaseFold& fold : kCaseFolds) {
    if (!std::binary_search(folds.begin(), folds.end(), fold.to)) continue;
    add_char(fold.from);
    add_char(fold.to);
  }
}

void CharSet::finish() {
  for (char32_t c = 0; c < 128; ++c) ascii_[c] = evaluate(c);
}

}  // namespace jnlp::tok
