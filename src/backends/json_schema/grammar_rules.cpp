#include "backends/json_schema/grammar_rules.h"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr size_t kMostRules = 5000;

struct Known {
  std::string_view body;
  std::vector<std::string> needs = {};
};

// A lone surrogate, "\ud800", is no character, so it is left out of "char". White space is a single
// space or a line break with what is in front of the next line: a model that has nothing to say
// must not fill its answer with it.
const std::map<std::string, Known, std::less<>>& known_rules() {
  static const std::map<std::string, Known, std::less<>> rules = {
      {"space", {R"((" " | "\n" " "{0,24})?)"}},
      {"hex", {"[0-9a-fA-F]"}},
      {"char",
       {R"([^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-cefA-CEF] hex{3} | "u" [dD] [0-7] hex{2}))",
        {"hex"}}},
      {"string", {R"("\"" char* "\"")", {"char"}}},
      {"integer", {R"("-"? ("0" | [1-9] [0-9]{0,17}))"}},
      {"number", {R"("-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?)"}},
      {"boolean", {R"("true" | "false")"}},
      {"null", {R"("null")"}},
      {"value",
       {"object | array | string | number | boolean | null",
        {"object", "array", "string", "number", "boolean", "null"}}},
      {"member", {R"(string ":" space value)", {"string", "space", "value"}}},
      {"object", {R"("{" space (member ("," space member)* space)? "}")", {"member", "space"}}},
      {"array", {R"("[" space (value ("," space value)* space)? "]")", {"value", "space"}}},
      {"key-char", {R"([^"\\\x7F\x00-\x1F])"}},
      {"leap-year",
       {R"([0-9] [0-9] ("0" [48] | [2468] [048] | [13579] [26]) | ([02468] [048] | [13579] [26]) "00")"}},
      {"date",
       {R"([0-9]{4} "-" (("0" [13578] | "1" [02]) "-" ("0" [1-9] | [12] [0-9] | "3" [01]) | ("0" [469] | "11") "-" ("0" [1-9] | [12] [0-9] | "30") | "02-" ("0" [1-9] | "1" [0-9] | "2" [0-8])) | leap-year "-02-29")",
        {"leap-year"}}},
      {"hours", {R"(([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])"}},
      {"time", {R"(hours ":" [0-5] [0-9] ("." [0-9]{1,9})? ("Z" | [-+] hours))", {"hours"}}},
      {"date-time", {R"(date "T" time)", {"date", "time"}}},
      {"uuid", {R"(hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12})", {"hex"}}},
  };
  return rules;
}

// Names of rules are letters, digits and hyphens.
std::string as_name(std::string_view wanted) {
  std::string name;
  for (const char c : wanted) {
    const auto byte = static_cast<unsigned char>(c);
    name += byte < 0x80 && std::isalnum(byte) != 0 ? c : '-';
  }
  constexpr size_t kLongest = 80;
  if (name.size() > kLongest) name.resize(kLongest);
  return name;
}

}  // namespace

std::string GrammarRules::reserve(std::string_view wanted) {
  if (rules_.size() >= kMostRules) {
    throw Error(ErrorCode::unsupported,
                fmt::format("the JSON schema makes a grammar of more than {} rules", kMostRules));
  }
  const std::string name = as_name(wanted);
  std::string free = name;
  int& number = numbers_.try_emplace(name, 1).first->second;
  while (rules_.count(free) > 0 || known_rules().count(free) > 0) {
    free = fmt::format("{}-{}", name, ++number);
  }
  rules_[free] = "";
  return free;
}

std::string GrammarRules::add(std::string_view wanted, std::string body) {
  std::string name = reserve(wanted);
  set(name, std::move(body));
  return name;
}

std::string GrammarRules::use(const std::string& name) {
  if (rules_.count(name) > 0) return name;
  const Known& rule = known_rules().at(name);
  rules_[name] = rule.body;
  for (const std::string& needed : rule.needs) use(needed);
  return name;
}

std::string GrammarRules::text() const {
  std::string text = fmt::format("root ::= {}\n", rules_.at("root"));
  for (const auto& [name, body] : rules_) {
    if (name != "root") text += fmt::format("{} ::= {}\n", name, body);
  }
  return text;
}

std::string gbnf_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      literal += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
  }
  return literal + '"';
}

std::string gbnf_set_char(char32_t code_point) {
  const auto number = static_cast<uint32_t>(code_point);
  if (number < 0x80 && std::isalnum(static_cast<int>(number)) != 0) {
    return std::string(1, static_cast<char>(number));
  }
  if (number < 0x80) return fmt::format("\\x{:02X}", number);
  if (number < 0x10000) return fmt::format("\\u{:04X}", number);
  return fmt::format("\\U{:08X}", number);
}

std::string gbnf_repeat(int64_t least, std::optional<int64_t> most) {
  if (most && *most == least) return least == 1 ? "" : fmt::format("{{{}}}", least);
  if (most && least == 0 && *most == 1) return "?";
  if (most) return fmt::format("{{{},{}}}", least, *most);
  if (least <= 1) return least == 0 ? "*" : "+";
  return fmt::format("{{{},}}", least);
}

}  // namespace jnlp
