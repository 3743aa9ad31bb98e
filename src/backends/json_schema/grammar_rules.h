#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace jnlp {

/// llama.cpp refuses, or takes for "any number", what is repeated more often than this.
inline constexpr int64_t kMostRepetitions = 2000;

/// The rules of a GBNF grammar, with those that every JSON grammar needs. Bodies are one line each.
class GrammarRules {
 public:
  /// A name like `wanted` that no rule has, for a rule that is set later.
  std::string reserve(std::string_view wanted);
  void set(const std::string& name, std::string body) { rules_[name] = std::move(body); }
  /// reserve() and set(). @throws Error unsupported for more rules than a sampler could bear.
  std::string add(std::string_view wanted, std::string body);
  /// The name of a rule that is known by it, which is added with all that it needs: "space",
  /// "char", "string", "integer", "number", "boolean", "null", "value", "object", "array",
  /// "key-char", "hex", "date", "time", "date-time" or "uuid".
  std::string use(const std::string& name);

  /// The grammar, "root" first and the others by name.
  std::string text() const;

 private:
  std::map<std::string, std::string> rules_;
  std::map<std::string, int> numbers_;  // how many rules wanted a name
};

/// `text` as a literal that matches it.
std::string gbnf_literal(std::string_view text);

/// A character as it may stand in a set, in brackets.
std::string gbnf_set_char(char32_t code_point);

/// What is behind a repeated item: "*", "+", "?", "{2,5}" ... `most` is nothing for no limit.
std::string gbnf_repeat(int64_t least, std::optional<int64_t> most);

}  // namespace jnlp
