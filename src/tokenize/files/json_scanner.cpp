#include "tokenize/files/json_scanner.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp::tok {
namespace {

constexpr size_t kMaxJsonDepth = 500;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_number_part(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

}  // namespace

void JsonScanner::fail(std::string_view expected) const {
  throw Error(ErrorCode::invalid_input, fmt::format("{} is not what it should be: {} expected at "
                                                    "byte {}",
                                                    what_, expected, position_));
}

void JsonScanner::skip_space() {
  while (position_ < text_.size() && is_space(text_[position_])) ++position_;
}

bool JsonScanner::next_is(char c) {
  skip_space();
  return position_ < text_.size() && text_[position_] == c;
}

bool JsonScanner::accept(char c) {
  if (!next_is(c)) return false;
  ++position_;
  return true;
}

void JsonScanner::expect(char c) {
  if (!accept(c)) fail(fmt::format("'{}'", c));
}

bool JsonScanner::more(char closing) {
  if (accept(',')) return true;
  expect(closing);
  return false;
}

void JsonScanner::read_string(std::string* out) {
  out->clear();
  if (!accept('"')) fail("a string");
  while (true) {
    const size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != '"' && text_[position_] != '\\') {
      ++position_;
    }
    out->append(text_, begin, position_ - begin);
    if (position_ >= text_.size()) fail("the end of a string");
    if (text_[position_++] == '"') break;
    read_escape(out);
  }
  if (!is_valid_utf8(*out)) fail("well-formed UTF-8");
}

void JsonScanner::read_escape(std::string* out) {
  const char c = position_ < text_.size() ? text_[position_++] : '\0';
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  if (const size_t at = kNames.find(c); c != '\0' && at != std::string_view::npos) {
    out->push_back(kValues[at]);
    return;
  }
  if (c != 'u') fail("an escape");
  char32_t value = read_hex4();
  if (value >= 0xD800 && value <= 0xDBFF) {
    if (text_.substr(position_, 2) != "\\u") fail("the second half of a surrogate pair");
    position_ += 2;
    const char32_t low = read_hex4();
    if (low < 0xDC00 || low > 0xDFFF) fail("the second half of a surrogate pair");
    value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
  } else if (value >= 0xDC00 && value <= 0xDFFF) {
    fail("the first half of a surrogate pair");
  }
  append_utf8(value, out);
}

uint32_t JsonScanner::read_hex4() {
  uint32_t value = 0;
  const std::string_view digits = text_.substr(std::min(position_, text_.size()), 4);
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 4 || result.ptr != digits.data() + 4) fail("four hexadecimal digits");
  position_ += 4;
  return value;
}

std::string_view JsonScanner::read_number_text() {
  skip_space();
  const size_t begin = position_;
  while (position_ < text_.size() && is_number_part(text_[position_])) ++position_;
  if (begin == position_) fail("a number");
  return text_.substr(begin, position_ - begin);
}

int64_t JsonScanner::read_integer() {
  const std::string_view digits = read_number_text();
  int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
    fail("a whole number before this place");
  }
  return value;
}

double JsonScanner::read_number() {
  const std::string_view digits = read_number_text();
  double value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool done = result.ptr == digits.data() + digits.size();
  if (result.ec != std::errc() || !done || !std::isfinite(value)) {
    fail("a number before this place");
  }
  return value;
}

void JsonScanner::skip_string() {
  ++position_;
  while (position_ < text_.size() && text_[position_] != '"') {
    position_ += text_[position_] == '\\' ? 2 : 1;
  }
  if (position_ >= text_.size()) fail("the end of a string");
  ++position_;
}

std::string_view JsonScanner::read_raw() {
  skip_space();
  const size_t begin = position_;
  size_t depth = 0;
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (c == '"') {
      skip_string();
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) fail("less depth");
      ++position_;
      continue;
    } else if (c == '}' || c == ']') {
      if (depth == 0) fail("a value");
      --depth;
      ++position_;
    } else if (depth == 0 && c != ',' && !is_space(c)) {
      while (position_ < text_.size() && text_[position_] != ',' && text_[position_] != '}' &&
             text_[position_] != ']' && !is_space(text_[position_])) {
        ++position_;
      }
    } else {
      if (depth == 0) fail("a value");
      ++position_;
      continue;
    }
    if (depth == 0) return text_.substr(begin, position_ - begin);
  }
  fail("a value");
}

void JsonScanner::expect_end() {
  skip_space();
  if (position_ != text_.size()) fail("the end");
}

std::vector<std::pair<std::string, std::string_view>> scan_object(std::string_view text,
                                                                  std::string_view what) {
  JsonScanner scanner(text, what);
  std::vector<std::pair<std::string, std::string_view>> members;
  scanner.expect('{');
  if (!scanner.accept('}')) {
    do {
      std::string key;
      scanner.read_string(&key);
      scanner.expect(':');
      members.emplace_back(std::move(key), scanner.read_raw());
    } while (scanner.more('}'));
  }
  scanner.expect_end();
  return members;
}

}  // namespace jnlp::tok
