#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "tokenize/files/field_reader.h"
#include "tokenize/files/json_scanner.h"
#include "tokenize/files/load.h"

namespace jnlp::tok {
namespace {

constexpr std::string_view kKnownFields[] = {
    "version",       "truncation",     "padding", "added_tokens", "normalizer",
    "pre_tokenizer", "post_processor", "decoder", "model",
};

class TokenizerJson {
 public:
  TokenizerJson(std::string_view text, const std::string& where) : where_(where) {
    for (auto& [name, value] : scan_object(text, where)) {
      const bool known = std::find(std::begin(kKnownFields), std::end(kKnownFields), name) !=
                         std::end(kKnownFields);
      if (!known) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("{}: field \"{}\" is not known to this version", where, name));
      }
      fields_[name] = value;
    }
  }

  std::string_view raw(const char* name) const {
    const auto found = fields_.find(name);
    return found == fields_.end() ? std::string_view("null") : found->second;
  }
  std::string path(const char* name) const { return where_ + ": " + name; }
  Json parsed(const char* name) const { return parse_json(raw(name), path(name)); }

 private:
  const std::string& where_;
  std::map<std::string, std::string_view> fields_;
};

void read_truncation(const Json& json, const std::string& where, Tokenizer::Pipeline* pipeline) {
  if (json.is_null()) return;
  FieldReader fields(json, where);
  const int64_t max_length = fields.integer("max_length");
  if (max_length < 0 || max_length > INT32_MAX) fields.fail("max_length", "a length");
  pipeline->max_length = static_cast<int32_t>(max_length);
  const std::string direction = fields.string_or("direction", "Right");
  if (direction != "Left" && direction != "Right") {
    fields.fail("direction", "\"Left\" or \"Right\"");
  }
  if (direction == "Left") pipeline->direction = TruncationDirection::left;
  fields.ignore("strategy");  // both are options of the call
  fields.ignore("stride");
  fields.finish();
}

}  // namespace

std::vector<AddedToken> read_added_tokens(const Json& json, const std::string& where) {
  std::vector<AddedToken> tokens;
  if (json.is_null()) return tokens;
  if (!json.is_array()) throw Error(ErrorCode::invalid_input, where + " must be a list");
  for (size_t i = 0; i < json.size(); ++i) {
    FieldReader fields(json[i], fmt::format("{}[{}]", where, i));
    AddedToken token;
    token.content = fields.string("content");
    token.single_word = fields.boolean("single_word");
    token.lstrip = fields.boolean("lstrip");
    token.rstrip = fields.boolean("rstrip");
    token.normalized = fields.boolean("normalized");
    token.special = fields.boolean("special");
    fields.integer("id");  // the model's vocabulary and the order decide, as in the library
    fields.finish();
    tokens.push_back(std::move(token));
  }
  return tokens;
}

void load_tokenizer_json(std::string_view text, const std::string& where,
                         Tokenizer::Pipeline* pipeline) {
  const TokenizerJson file(text, where);
  const Json version = file.parsed("version");
  if (!version.is_null() && version != "1.0") {
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: version {} is not known", where, version.dump()));
  }
  if (file.raw("model") == "null") {
    throw Error(ErrorCode::invalid_input, fmt::format("{}: field \"model\" is missing", where));
  }
  read_truncation(file.parsed("truncation"), file.path("truncation"), pipeline);
  pipeline->added_tokens =
      read_added_tokens(file.parsed("added_tokens"), file.path("added_tokens"));
  pipeline->normalizer = read_normalizer(file.parsed("normalizer"), file.path("normalizer"));
  const Json pre_tokenizer = file.parsed("pre_tokenizer");
  bool takes_bytes = false;
  pipeline->model = read_model(file.raw("model"), file.path("model"),
                               ends_with_byte_level(pre_tokenizer), &takes_bytes);
  pipeline->pre_tokenizer =
      read_pre_tokenizer(pre_tokenizer, file.path("pre_tokenizer"), !takes_bytes);
  pipeline->post_processor =
      read_post_processor(file.parsed("post_processor"), file.path("post_processor"));
  pipeline->decoder = read_decoder(file.parsed("decoder"), file.path("decoder"));
}

}  // namespace jnlp::tok
