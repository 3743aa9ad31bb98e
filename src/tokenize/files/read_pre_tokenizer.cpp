#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/files/field_reader.h"
#include "tokenize/files/load.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

SplitBehavior read_behavior(FieldReader* fields, const std::string& name) {
  if (name == "Removed") return SplitBehavior::removed;
  if (name == "Isolated") return SplitBehavior::isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::merged_with_previous;
  if (name == "MergedWithNext") return SplitBehavior::merged_with_next;
  if (name == "Contiguous") return SplitBehavior::contiguous;
  fields->fail("behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
}

std::string read_character(FieldReader* fields, const char* name) {
  std::string text = fields->string(name);
  if (!is_valid_utf8(text) || count_code_points(text) != 1) fields->fail(name, "one character");
  return text;
}

PreTokenizerPtr read_byte_level(FieldReader* fields, bool spell_bytes) {
  const bool add_prefix_space = fields->boolean("add_prefix_space");
  const bool use_regex = fields->boolean_or("use_regex", true);
  fields->boolean("trim_offsets");  // has a meaning for the post-processor alone
  return std::make_unique<ByteLevelPreTokenizer>(add_prefix_space, use_regex, spell_bytes);
}

PreTokenizerPtr read_metaspace_pre_tokenizer(FieldReader* fields) {
  const std::string scheme = fields->string_or("prepend_scheme", "always");
  Metaspace::Prepend prepend = Metaspace::Prepend::always;
  if (scheme == "first") {
    prepend = Metaspace::Prepend::first;
  } else if (scheme == "never") {
    prepend = Metaspace::Prepend::never;
  } else if (scheme != "always") {
    fields->fail("prepend_scheme", "\"first\", \"never\" or \"always\"");
  }
  if (!fields->boolean_or("add_prefix_space", true)) {
    if (fields->has("prepend_scheme") && prepend != Metaspace::Prepend::never) {
      fields->fail("add_prefix_space", "true when prepend_scheme is not \"never\"");
    }
    prepend = Metaspace::Prepend::never;
  }
  fields->ignore("str_rep");
  std::string replacement = read_character(fields, "replacement");
  return std::make_unique<Metaspace>(std::move(replacement), prepend,
                                     fields->boolean_or("split", true));
}

PreTokenizerPtr read_pre_tokenizer_sequence(FieldReader* fields, bool spell_bytes) {
  std::vector<PreTokenizerPtr> parts;
  const Json& list = fields->array("pretokenizers");
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = fmt::format("{}.pretokenizers[{}]", fields->where(), i);
    const bool is_last = i + 1 == list.size();
    PreTokenizerPtr part = read_pre_tokenizer(list[i], where, spell_bytes || !is_last);
    if (!part) throw Error(ErrorCode::invalid_input, where + " is null");
    parts.push_back(std::move(part));
  }
  return std::make_unique<PreTokenizerSequence>(std::move(parts));
}

PreTokenizerPtr read_split(FieldReader* fields) {
  Pattern pattern = read_pattern(fields->object("pattern"), fields->where() + ".pattern");
  const SplitBehavior behavior = read_behavior(fields, fields->string("behavior"));
  return std::make_unique<PatternSplit>(std::move(pattern), behavior, fields->boolean("invert"));
}

PreTokenizerPtr make_pre_tokenizer(const std::string& type, FieldReader* fields, bool spell_bytes) {
  if (type == "BertPreTokenizer") return std::make_unique<BertPreTokenizer>();
  if (type == "Whitespace") return std::make_unique<WhitespacePreTokenizer>();
  if (type == "WhitespaceSplit") {
    return std::make_unique<PropertySplit>(kWhitespace, SplitBehavior::removed);
  }
  if (type == "Punctuation") {
    const std::string behavior = fields->string_or("behavior", "Isolated");
    return std::make_unique<PropertySplit>(kPunctuation, read_behavior(fields, behavior));
  }
  if (type == "Digits") {
    return std::make_unique<PropertySplit>(kNumeric, fields->boolean("individual_digits")
                                                         ? SplitBehavior::isolated
                                                         : SplitBehavior::contiguous);
  }
  if (type == "CharDelimiterSplit" || type == "Delimiter") {
    size_t position = 0;
    return std::make_unique<CharDelimiterSplit>(
        decode_utf8(read_character(fields, "delimiter"), &position));
  }
  if (type == "ByteLevel") return read_byte_level(fields, spell_bytes);
  if (type == "Metaspace") return read_metaspace_pre_tokenizer(fields);
  if (type == "Split") return read_split(fields);
  if (type == "UnicodeScripts") return std::make_unique<UnicodeScriptsSplit>();
  if (type == "Sequence") return read_pre_tokenizer_sequence(fields, spell_bytes);
  if (type == "FixedLength") {
    const int64_t length = fields->has("length") ? fields->integer("length") : 5;
    fields->ignore("length");
    if (length < 1) fields->fail("length", "at least 1");
    return std::make_unique<FixedLengthSplit>(static_cast<size_t>(length));
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("{}: pre-tokenizer \"{}\" is not known", fields->where(), type));
}

}  // namespace

PreTokenizerPtr read_pre_tokenizer(const Json& json, const std::string& where, bool spell_bytes) {
  if (json.is_null()) return nullptr;
  FieldReader fields(json, where);
  PreTokenizerPtr pre_tokenizer = make_pre_tokenizer(fields.type(), &fields, spell_bytes);
  fields.finish();
  return pre_tokenizer;
}

bool ends_with_byte_level(const Json& json) {
  if (!json.is_object() || !json.contains("type")) return false;
  if (json["type"] == "ByteLevel") return true;
  if (json["type"] != "Sequence" || !json.contains("pretokenizers")) return false;
  const Json& parts = json["pretokenizers"];
  if (!parts.is_array() || parts.empty()) return false;
  const auto spells = [](const Json& part) {
    return part.is_object() && part.contains("type") && part["type"] == "ByteLevel";
  };
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    // An earlier one spells too, and a nested list may hold one.
    if (spells(parts[i]) || (parts[i].is_object() && parts[i].contains("pretokenizers"))) {
      return false;
    }
  }
  return spells(parts.back());
}

}  // namespace jnlp::tok
