#include <fmt/format.h>

#include "base/error.h"
#include "tokenize/files/field_reader.h"
#include "tokenize/files/load.h"
#include "tokenize/text/precompiled.h"

namespace jnlp::tok {
namespace {

NormalizerPtr read_bert(FieldReader* fields) {
  BertNormalizerOptions options;
  options.clean_text = fields->boolean("clean_text");
  options.handle_chinese_chars = fields->boolean("handle_chinese_chars");
  options.lowercase = fields->boolean("lowercase");
  options.strip_accents = fields->boolean_or("strip_accents", options.lowercase);
  return std::make_unique<BertNormalizer>(options);
}

NormalizerPtr read_normalizer_sequence(FieldReader* fields) {
  std::vector<NormalizerPtr> parts;
  const Json& list = fields->array("normalizers");
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = fmt::format("{}.normalizers[{}]", fields->where(), i);
    NormalizerPtr part = read_normalizer(list[i], where);
    if (!part) throw Error(ErrorCode::invalid_input, where + " is null");
    parts.push_back(std::move(part));
  }
  return std::make_unique<NormalizerSequence>(std::move(parts));
}

NormalizerPtr make_normalizer(const std::string& type, FieldReader* fields) {
  const auto unicode = [](NormalizationForm form) {
    return std::make_unique<UnicodeNormalizer>(form);
  };
  if (type == "BertNormalizer") return read_bert(fields);
  if (type == "NFD") return unicode(NormalizationForm::nfd);
  if (type == "NFKD") return unicode(NormalizationForm::nfkd);
  if (type == "NFC") return unicode(NormalizationForm::nfc);
  if (type == "NFKC") return unicode(NormalizationForm::nfkc);
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "StripAccents") return std::make_unique<StripAccents>();
  if (type == "Nmt") return std::make_unique<Nmt>();
  if (type == "ByteLevel") return std::make_unique<ByteLevelNormalizer>();
  if (type == "Sequence") return read_normalizer_sequence(fields);
  if (type == "Prepend") return std::make_unique<Prepend>(fields->string("prepend"));
  if (type == "Strip") {
    const bool left = fields->boolean("strip_left");
    return std::make_unique<Strip>(left, fields->boolean("strip_right"));
  }
  if (type == "Replace") {
    Pattern pattern = read_pattern(fields->object("pattern"), fields->where() + ".pattern");
    return std::make_unique<Replace>(std::move(pattern), fields->string("content"));
  }
  if (type == "Precompiled") {
    return std::make_unique<Precompiled>(
        CharsMap(decode_base64(fields->string("precompiled_charsmap"))));
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("{}: normalizer \"{}\" is not known", fields->where(), type));
}

}  // namespace

NormalizerPtr read_normalizer(const Json& json, const std::string& where) {
  if (json.is_null()) return nullptr;
  FieldReader fields(json, where);
  NormalizerPtr normalizer = make_normalizer(fields.type(), &fields);
  fields.finish();
  return normalizer;
}

Pattern read_pattern(const Json& json, const std::string& where) {
  FieldReader fields(json, where);
  if (fields.has("String")) {
    Pattern pattern = Pattern::literal(fields.string("String"));
    fields.finish();
    return pattern;
  }
  Pattern pattern = Pattern::regex(fields.string("Regex"));
  fields.finish();
  return pattern;
}

}  // namespace jnlp::tok
