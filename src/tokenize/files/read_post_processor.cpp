#include <fmt/format.h>

#include "base/error.h"
#include "tokenize/files/field_reader.h"
#include "tokenize/files/load.h"

namespace jnlp::tok {
namespace {

using Item = PostProcessor::Item;
using ItemKind = Item::Kind;

int32_t read_id(const Json& json, FieldReader* fields, const char* name) {
  if (!json.is_number_integer() || json.get<int64_t>() < 0 || json.get<int64_t>() > INT32_MAX) {
    fields->fail(name, "a list that ends with an id");
  }
  return json.get<int32_t>();
}

// ["[SEP]", 102]
Item read_named_token(FieldReader* fields, const char* name) {
  const Json& pair = fields->array(name);
  if (pair.size() != 2 || !pair[0].is_string()) fields->fail(name, "a token and its id");
  return {ItemKind::special, 0, {read_id(pair[1], fields, name)}};
}

Item with_type(Item item, int32_t type_id) {
  item.type_id = type_id;
  return item;
}

void read_bert(FieldReader* fields, PostProcessor* out) {
  const Item sep = read_named_token(fields, "sep");
  const Item cls = read_named_token(fields, "cls");
  out->single = {cls, {ItemKind::first, 0, {}}, sep};
  out->pair = {cls, {ItemKind::first, 0, {}}, sep, {ItemKind::second, 1, {}}, with_type(sep, 1)};
}

void read_roberta(FieldReader* fields, PostProcessor* out) {
  const Item sep = read_named_token(fields, "sep");
  const Item cls = read_named_token(fields, "cls");
  const bool add_prefix_space = fields->boolean("add_prefix_space");
  if (fields->boolean("trim_offsets")) out->trims.push_back(add_prefix_space);
  out->all_types_zero = true;
  out->single = {cls, {ItemKind::first, 0, {}}, sep};
  out->pair = {cls, {ItemKind::first, 0, {}}, sep, sep, {ItemKind::second, 0, {}}, sep};
}

void read_byte_level(FieldReader* fields, PostProcessor* out) {
  const bool add_prefix_space = fields->boolean("add_prefix_space");
  if (fields->boolean("trim_offsets")) out->trims.push_back(add_prefix_space);
  fields->boolean_or("use_regex", true);
}

std::vector<int32_t> read_special_token(const Json& tokens, const std::string& name,
                                        FieldReader* fields) {
  if (!tokens.contains(name)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: the template's token \"{}\" is not in special_tokens",
                            fields->where(), name));
  }
  FieldReader token(tokens[name], fields->where() + ".special_tokens." + name);
  std::vector<int32_t> ids;
  for (const Json& id : token.array("ids")) ids.push_back(read_id(id, &token, "ids"));
  token.string("id");
  token.array("tokens");
  token.finish();
  return ids;
}

int32_t read_type_id(FieldReader* piece) {
  const int64_t type_id = piece->integer("type_id");
  if (type_id < 0 || type_id > INT32_MAX) piece->fail("type_id", "a type id");
  return static_cast<int32_t>(type_id);
}

// Far more than any model wants; pieces that repeat long lists of ids would fill the memory.
constexpr size_t kMaxTemplateIds = 4096;

std::vector<Item> read_template(FieldReader* fields, const char* name, const Json& tokens) {
  std::vector<Item> items;
  size_t total = 0;
  const Json& pieces = fields->array(name);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string where = fmt::format("{}.{}[{}]", fields->where(), name, i);
    FieldReader outer(pieces[i], where);
    if (outer.has("Sequence")) {
      FieldReader piece(outer.object("Sequence"), where);
      const std::string id = piece.string("id");
      if (id != "A" && id != "B") piece.fail("id", "\"A\" or \"B\"");
      items.push_back({id == "A" ? ItemKind::first : ItemKind::second, read_type_id(&piece), {}});
      piece.finish();
    } else {
      FieldReader piece(outer.object("SpecialToken"), where);
      const std::vector<int32_t> ids = read_special_token(tokens, piece.string("id"), fields);
      total += ids.size();
      if (total > kMaxTemplateIds) fields->fail(name, "a template of at most 4096 special tokens");
      items.push_back({ItemKind::special, read_type_id(&piece), ids});
      piece.finish();
    }
    outer.finish();
  }
  return items;
}

void read_template_processing(FieldReader* fields, PostProcessor* out) {
  const Json& tokens = fields->object("special_tokens");
  out->is_template = true;
  out->single = read_template(fields, "single", tokens);
  out->pair = read_template(fields, "pair", tokens);
  for (const Item& item : out->single) {
    if (item.kind == ItemKind::second) fields->fail("single", "a template without sequence B");
  }
}

// What the library does behind a step that has put tokens in is of no use to anyone: refused.
void read_step(const Json& json, const std::string& where, bool is_last, PostProcessor* out) {
  FieldReader fields(json, where);
  const std::string type = fields.type();
  if (type == "ByteLevel") {
    read_byte_level(&fields, out);
  } else if (type == "Sequence") {
    const Json& list = fields.array("processors");
    for (size_t i = 0; i < list.size(); ++i) {
      read_step(list[i], fmt::format("{}.processors[{}]", where, i),
                is_last && i + 1 == list.size(), out);
    }
  } else if (type != "BertProcessing" && type != "RobertaProcessing" &&
             type != "TemplateProcessing") {
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: post-processor \"{}\" is not known", where, type));
  } else if (!is_last) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: \"{}\" is only supported as the last step", where, type));
  } else if (type == "BertProcessing") {
    read_bert(&fields, out);
  } else if (type == "RobertaProcessing") {
    read_roberta(&fields, out);
  } else {
    read_template_processing(&fields, out);
  }
  fields.finish();
}

}  // namespace

PostProcessor read_post_processor(const Json& json, const std::string& where) {
  PostProcessor out;
  if (!json.is_null()) read_step(json, where, true, &out);
  return out;
}

}  // namespace jnlp::tok
