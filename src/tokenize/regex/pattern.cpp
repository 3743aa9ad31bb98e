#include "tokenize/regex/pattern.h"

#include "base/utf8.h"
#include "tokenize/regex/known_patterns.h"
#include "tokenize/regex/matcher.h"
#include "tokenize/regex/program.h"

namespace jnlp::tok {

class Regex {
 public:
  explicit Regex(std::string_view expression)
      : known_(find_known_pattern(expression)), program_(compile_regex(expression)) {}

  std::vector<TextSpan> find_all(std::string_view text) const {
    return known_ != nullptr ? known_(text) : search(text);
  }

 private:
  // As Oniguruma's iteration goes: no empty match right behind another match.
  std::vector<TextSpan> search(std::string_view text) const {
    std::vector<TextSpan> found;
    Matcher matcher(program_, text);
    size_t position = 0;
    while (position <= text.size()) {
      const auto begin = static_cast<uint32_t>(position);
      const auto end = matcher.match_at(begin);
      const bool repeated = end && *end == begin && !found.empty() && found.back().end == begin;
      if (end && !repeated) found.push_back({begin, *end});
      if (end && *end > begin) {
        position = *end;
      } else if (position < text.size()) {
        decode_utf8(text, &position);
      } else {
        break;
      }
    }
    return found;
  }

  KnownPattern known_;
  Program program_;
};

Pattern Pattern::literal(std::string text) {
  Pattern pattern;
  pattern.literal_ = std::move(text);
  return pattern;
}

Pattern Pattern::regex(std::string_view expression) {
  Pattern pattern;
  pattern.regex_ = std::make_shared<const Regex>(expression);
  return pattern;
}

std::vector<TextSpan> Pattern::find_all(std::string_view text) const {
  if (regex_) return regex_->find_all(text);
  std::vector<TextSpan> found;
  if (literal_.empty()) return found;
  const auto size = static_cast<uint32_t>(literal_.size());
  for (size_t at = text.find(literal_); at != std::string_view::npos;
       at = text.find(literal_, at + size)) {
    const auto begin = static_cast<uint32_t>(at);
    found.push_back({begin, begin + size});
  }
  return found;
}

}  // namespace jnlp::tok
