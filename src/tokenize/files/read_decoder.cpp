#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/files/field_reader.h"
#include "tokenize/files/load.h"

namespace jnlp::tok {
namespace {

size_t read_count(FieldReader* fields, const char* name) {
  const int64_t count = fields->integer(name);
  if (count < 0) fields->fail(name, "0 or more");
  return static_cast<size_t>(count);
}

DecoderPtr read_strip(FieldReader* fields) {
  std::string content = fields->string("content");
  if (count_code_points(content) != 1) fields->fail("content", "one character");
  const size_t start = read_count(fields, "start");
  return std::make_unique<StripDecoder>(std::move(content), start, read_count(fields, "stop"));
}

DecoderPtr read_metaspace_decoder(FieldReader* fields) {
  const std::string scheme = fields->string_or("prepend_scheme", "always");
  const bool adds = fields->boolean_or("add_prefix_space", true);
  fields->ignore("split");
  fields->ignore("str_rep");
  return std::make_unique<MetaspaceDecoder>(fields->string("replacement"),
                                            adds && scheme != "never");
}

DecoderPtr read_decoder_sequence(FieldReader* fields) {
  std::vector<DecoderPtr> parts;
  const Json& list = fields->array("decoders");
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = fmt::format("{}.decoders[{}]", fields->where(), i);
    DecoderPtr part = read_decoder(list[i], where);
    if (!part) throw Error(ErrorCode::invalid_input, where + " is null");
    parts.push_back(std::move(part));
  }
  return std::make_unique<DecoderSequence>(std::move(parts));
}

DecoderPtr make_decoder(const std::string& type, FieldReader* fields) {
  if (type == "WordPiece") {
    std::string prefix = fields->string("prefix");
    return std::make_unique<WordPieceDecoder>(std::move(prefix), fields->boolean("cleanup"));
  }
  if (type == "BPEDecoder") return std::make_unique<BpeDecoder>(fields->string("suffix"));
  if (type == "ByteLevel") {
    for (const char* name : {"add_prefix_space", "trim_offsets", "use_regex"}) fields->ignore(name);
    return std::make_unique<ByteLevelDecoder>();
  }
  if (type == "Metaspace") return read_metaspace_decoder(fields);
  if (type == "ByteFallback") return std::make_unique<ByteFallbackDecoder>();
  if (type == "Fuse") return std::make_unique<FuseDecoder>();
  if (type == "Strip") return read_strip(fields);
  if (type == "Sequence") return read_decoder_sequence(fields);
  if (type == "CTC") {
    std::string pad = fields->string("pad_token");
    std::string delimiter = fields->string("word_delimiter_token");
    return std::make_unique<CtcDecoder>(std::move(pad), std::move(delimiter),
                                        fields->boolean("cleanup"));
  }
  if (type == "Replace") {
    Pattern pattern = read_pattern(fields->object("pattern"), fields->where() + ".pattern");
    return std::make_unique<ReplaceDecoder>(std::move(pattern), fields->string("content"));
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("{}: decoder \"{}\" is not known", fields->where(), type));
}

}  // namespace

DecoderPtr read_decoder(const Json& json, const std::string& where) {
  if (json.is_null()) return nullptr;
  FieldReader fields(json, where);
  DecoderPtr decoder = make_decoder(fields.type(), &fields);
  fields.finish();
  return decoder;
}

}  // namespace jnlp::tok
