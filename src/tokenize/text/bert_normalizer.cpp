#include "base/utf8.h"
#include "tokenize/text/normalizers.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

void clean(NormalizedText* text) {
  text->filter([](char32_t c) { return !has_property(c, kBertControl); });
  text->map([](char32_t c) { return has_property(c, kWhitespace) ? U' ' : c; });
}

void put_spaces_around_chinese(NormalizedText* text) {
  std::vector<CharChange> changes;
  changes.reserve(text->text().size());
  for_each_code_point(text->text(), [&](char32_t c) {
    if (has_property(c, kChinese)) {
      changes.push_back({U' ', 0});
      changes.push_back({c, 1});
      changes.push_back({U' ', 1});
    } else {
      changes.push_back({c, 0});
    }
  });
  text->transform(changes);
}

void strip_accents(NormalizedText* text) {
  text->transform(normalize(text->text(), NormalizationForm::nfd));
  text->filter([](char32_t c) { return !has_property(c, kNonspacingMark); });
}

}  // namespace

void BertNormalizer::apply(NormalizedText* text) const {
  if (options_.clean_text) clean(text);
  const bool ascii = is_ascii(text->text());
  if (options_.handle_chinese_chars && !ascii) put_spaces_around_chinese(text);
  if (options_.strip_accents && !ascii) strip_accents(text);
  if (options_.lowercase) lowercase_text(text);
}

}  // namespace jnlp::tok
