#include "backends/json_schema/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "backends/json_schema/char_set.h"
#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

constexpr int kDeepestGroup = 50;
constexpr std::string_view kSyntax = "^$\\.*+?()[]{}|/-";

// A part of the expression as GBNF.
struct Part {
  std::string gbnf;
  bool may_be_empty = false;
  std::string literal = {};  // what it matches, when that is one character only; JSON-escaped
};

CharSet digits() {
  CharSet set;
  set.add('0', '9');
  return set;
}

CharSet word_chars() {
  CharSet set = digits();
  set.add('A', 'Z');
  set.add('a', 'z');
  set.add('_', '_');
  return set;
}

// ECMAScript's white space and ends of lines.
CharSet white_space() {
  CharSet set;
  set.add(0x09, 0x0D);
  for (const char32_t c : {0x20, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF}) {
    set.add(c, c);
  }
  set.add(0x2000, 0x200A);
  return set;
}

CharSet all_but_line_ends() {
  CharSet set;
  for (const char32_t c : {0x0A, 0x0D, 0x2028, 0x2029}) set.add(c, c);
  return set.inverted();
}

// The set that an escape with a letter means; nothing for other letters.
std::optional<CharSet> named_set(char32_t letter) {
  switch (letter) {
    case 'd':
      return digits();
    case 'D':
      return digits().inverted();
    case 'w':
      return word_chars();
    case 'W':
      return word_chars().inverted();
    case 's':
      return white_space();
    case 'S':
      return white_space().inverted();
    default:
      return std::nullopt;
  }
}

class Parser {
 public:
  Parser(std::string_view pattern, std::string name, GrammarRules* rules)
      : pattern_(pattern), name_(std::move(name)), rules_(rules) {}

  std::string parse() {
    const Part whole = alternatives();
    if (!at_end()) fail(ErrorCode::invalid_input, "a ) closes nothing");
    return whole.gbnf;
  }

 private:
  bool at_end() const { return position_ >= pattern_.size(); }
  bool next_is(char c) const { return !at_end() && pattern_[position_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++position_;
    return true;
  }
  char32_t take_char() {
    if (at_end()) fail(ErrorCode::invalid_input, "it ends too early");
    return decode_utf8(pattern_, &position_);
  }
  [[noreturn]] void fail(ErrorCode code, std::string_view why) const {
    throw Error(code,
                fmt::format("the pattern '{}' cannot be put into a grammar: {} (character {})",
                            pattern_, why, position_ + 1));
  }

  Part alternatives();
  Part sequence();
  Part item();
  Part group();
  Part quantified(Part part);
  bool quantifier(int64_t* least, std::optional<int64_t>* most);
  std::optional<int64_t> count();
  Part set_part(const CharSet& set) const;
  Part char_class();
  std::optional<CharSet> class_item(char32_t* single);
  char32_t escaped_char();
  char32_t hex_char(int digits);

  std::string_view pattern_;
  std::string name_;
  GrammarRules* rules_;
  size_t position_ = 0;
  int depth_ = 0;
};

Part literal_part(char32_t code_point) {
  Part part;
  part.literal = json_escaped(code_point);
  part.gbnf = gbnf_literal(part.literal);
  return part;
}

Part Parser::alternatives() {
  Part all = sequence();
  while (take('|')) {
    const Part other = sequence();
    all.gbnf += " | " + other.gbnf;
    all.may_be_empty = all.may_be_empty || other.may_be_empty;
  }
  return all;
}

// Outside groups an end that is not anchored may be anything.
Part Parser::sequence() {
  Part all;
  all.may_be_empty = true;
  std::string literal;  // characters that are put into one literal
  const auto append = [&](const std::string& gbnf) {
    if (!gbnf.empty()) all.gbnf += (all.gbnf.empty() ? "" : " ") + gbnf;
  };
  const auto flush = [&] {
    if (!literal.empty()) append(gbnf_literal(literal));
    literal.clear();
  };
  const bool outside = depth_ == 0;
  if (outside && !take('^')) append(rules_->use("char") + "*");
  bool anchored = false;
  while (!at_end() && !next_is('|') && !next_is(')') && !anchored) {
    if (outside && take('$')) {
      anchored = true;
      continue;
    }
    const Part part = quantified(item());
    all.may_be_empty = all.may_be_empty && part.may_be_empty;
    if (part.literal.empty()) {
      flush();
      append(part.gbnf);
    } else {
      literal += part.literal;
    }
  }
  flush();
  if (anchored && !at_end() && !next_is('|')) {
    fail(ErrorCode::unsupported, "$ is not at the end");
  }
  if (outside && !anchored) append(rules_->use("char") + "*");
  if (all.gbnf.empty()) all.gbnf = "\"\"";
  return all;
}

Part Parser::item() {
  if (take('(')) return group();
  if (take('[')) return char_class();
  if (take('.')) return set_part(all_but_line_ends());
  if (next_is('\\') && position_ + 1 < pattern_.size()) {
    if (const auto set = named_set(static_cast<unsigned char>(pattern_[position_ + 1]))) {
      position_ += 2;
      return set_part(*set);
    }
  }
  if (next_is('^') || next_is('$')) {
    fail(ErrorCode::unsupported, "^ and $ may stand at its ends only");
  }
  if (next_is('*') || next_is('+') || next_is('?')) {
    fail(ErrorCode::invalid_input, "there is nothing to repeat");
  }
  if (next_is('{') || next_is('}') || next_is(']')) {
    fail(ErrorCode::invalid_input, "braces and brackets that mean themselves need a backslash");
  }
  return literal_part(take('\\') ? escaped_char() : take_char());
}

Part Parser::group() {
  if (take('?') && !take(':')) {
    fail(ErrorCode::unsupported, "of groups with a question mark only (?: is known");
  }
  if (++depth_ > kDeepestGroup) fail(ErrorCode::unsupported, "its groups are too deep");
  Part part = alternatives();
  --depth_;
  if (!take(')')) fail(ErrorCode::invalid_input, "a ( is not closed");
  // A rule of its own, since llama.cpp allows few repetitions of what has many parts.
  part.gbnf = rules_->add(name_ + "-part", part.gbnf);
  part.literal.clear();
  return part;
}

Part Parser::quantified(Part part) {
  int64_t least = 1;
  std::optional<int64_t> most = 1;
  if (!quantifier(&least, &most)) return part;
  take('?');  // as few as possible: the texts that match are the same
  if (part.may_be_empty && !most) {
    fail(ErrorCode::unsupported, "what is repeated without a limit may be empty");
  }
  if (std::max(least, most.value_or(0)) > kMostRepetitions) {
    fail(ErrorCode::unsupported,
         fmt::format("more than {} repetitions are too many", kMostRepetitions));
  }
  if (most && *most < least) fail(ErrorCode::invalid_input, "the limits are the wrong way round");
  part.literal.clear();
  part.gbnf += gbnf_repeat(least, most);
  part.may_be_empty = part.may_be_empty || least == 0;
  return part;
}

bool Parser::quantifier(int64_t* least, std::optional<int64_t>* most) {
  if (next_is('*') || next_is('+')) {
    *least = next_is('+') ? 1 : 0;
    ++position_;
    most->reset();
    return true;
  }
  if (take('?')) {
    *least = 0;
    return true;
  }
  if (!take('{')) return false;
  const std::optional<int64_t> first = count();
  std::optional<int64_t> second = first;
  if (take(',')) second = count();
  if (!first || !take('}')) fail(ErrorCode::invalid_input, "{ begins no number of repetitions");
  *least = *first;
  *most = second;
  return true;
}

std::optional<int64_t> Parser::count() {
  std::optional<int64_t> number;
  while (!at_end() && pattern_[position_] >= '0' && pattern_[position_] <= '9') {
    number = std::min<int64_t>(number.value_or(0) * 10 + (pattern_[position_++] - '0'), 1'000'000);
  }
  return number;
}

Part Parser::set_part(const CharSet& set) const {
  Part part;
  part.gbnf = set.gbnf();
  if (part.gbnf.empty()) fail(ErrorCode::unsupported, "a class of it has no character");
  return part;
}

Part Parser::char_class() {
  const bool inverted = take('^');
  CharSet set;
  while (!take(']')) {
    char32_t first = 0;
    if (const auto named = class_item(&first)) {
      set.add(*named);
      continue;
    }
    char32_t last = first;
    if (next_is('-') && position_ + 1 < pattern_.size() && pattern_[position_ + 1] != ']') {
      take('-');
      if (class_item(&last)) fail(ErrorCode::invalid_input, "a class is no end of a range");
    }
    if (last < first) fail(ErrorCode::invalid_input, "a range is the wrong way round");
    set.add(first, last);
  }
  return set_part(inverted ? set.inverted() : set);
}

// A set, or a single character.
std::optional<CharSet> Parser::class_item(char32_t* single) {
  if (!take('\\')) {
    *single = take_char();
    return std::nullopt;
  }
  if (!at_end()) {
    if (auto set = named_set(static_cast<unsigned char>(pattern_[position_]))) {
      ++position_;
      return set;
    }
  }
  *single = escaped_char();
  return std::nullopt;
}

char32_t Parser::escaped_char() {
  const char32_t letter = take_char();
  switch (letter) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'v':
      return '\v';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    case 'x':
      return hex_char(2);
    case 'u':
      return hex_char(4);
    default:
      break;
  }
  if (letter < 0x80 && kSyntax.find(static_cast<char>(letter)) != std::string_view::npos) {
    return letter;
  }
  fail(ErrorCode::unsupported, "this escape is not known");
}

char32_t Parser::hex_char(int digits) {
  char32_t value = 0;
  for (int i = 0; i < digits; ++i) {
    const char32_t c = take_char();
    const bool digit = c >= '0' && c <= '9';
    const char32_t lower = c | 0x20U;
    if (!digit && (lower < 'a' || lower > 'f')) {
      fail(ErrorCode::invalid_input, "an escape lacks hexadecimal digits");
    }
    value = value * 16 + (digit ? c - '0' : lower - 'a' + 10);
  }
  if (value >= 0xD800 && value <= 0xDFFF) {
    fail(ErrorCode::unsupported, "halves of characters (surrogates) are not known");
  }
  return value;
}

}  // namespace

std::string pattern_grammar(std::string_view pattern, const std::string& name,
                            GrammarRules* rules) {
  return Parser(pattern, name, rules).parse();
}

}  // namespace jnlp
