#include "tokenize/text/normalizers.h"

#include "base/utf8.h"
#include "tokenize/text/byte_alphabet.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

bool nmt_drops(char32_t c) {
  return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F ||
         c == 0x8F || c == 0x9F;
}

bool nmt_is_space(char32_t c) {
  return c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
         (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF ||
         c == 0xFFFD;
}

}  // namespace

void UnicodeNormalizer::apply(NormalizedText* text) const {
  if (is_ascii(text->text())) return;
  text->transform(normalize(text->text(), form_));
}

void lowercase_text(NormalizedText* text) {
  std::vector<CharChange> changes;
  changes.reserve(text->text().size());
  for_each_code_point(text->text(), [&](char32_t c) {
    const std::u32string_view lower = lowercase(c);
    if (lower.empty()) changes.push_back({c, 0});
    for (size_t i = 0; i < lower.size(); ++i) changes.push_back({lower[i], i == 0 ? 0 : 1});
  });
  text->transform(changes);
}

void Lowercase::apply(NormalizedText* text) const {
  lowercase_text(text);
}

void StripAccents::apply(NormalizedText* text) const {
  text->filter([](char32_t c) { return !has_property(c, kCombiningMark); });
}

void Strip::apply(NormalizedText* text) const {
  std::vector<CharChange> changes;
  for_each_code_point(text->text(), [&](char32_t c) { changes.push_back({c, 0}); });
  const auto is_space = [&](size_t i) { return has_property(changes[i].c, kWhitespace); };
  size_t begin = 0;
  size_t end = changes.size();
  while (left_ && begin < end && is_space(begin)) ++begin;
  while (right_ && end > begin && is_space(end - 1)) --end;
  if (begin == 0 && end == changes.size()) return;
  changes.resize(end);
  changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(begin));
  text->transform(changes, begin);
}

void Replace::apply(NormalizedText* text) const {
  text->replace(pattern_.find_all(text->text()), content_);
}

void Nmt::apply(NormalizedText* text) const {
  text->filter([](char32_t c) { return !nmt_drops(c); });
  text->map([](char32_t c) { return nmt_is_space(c) ? U' ' : c; });
}

void ByteLevelNormalizer::apply(NormalizedText* text) const {
  spell_bytes(text);
}

}  // namespace jnlp::tok
