#include "backends/json_schema/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"

namespace jnlp {
namespace {

// What says nothing of the values that a schema allows.
constexpr std::string_view kAnnotations[] = {"title",       "description", "default",  "examples",
                                             "$schema",     "$id",         "$comment", "$defs",
                                             "definitions", "deprecated",  "readOnly", "writeOnly"};

constexpr std::string_view kGeneral[] = {"type",  "enum",  "const", "anyOf",
                                         "oneOf", "allOf", "$ref"};

struct TypeOfKeyword {
  std::string_view keyword;
  std::string_view type;
};
// "uniqueItems" and the numbers of properties are known for the values that forbid nothing.
constexpr std::array kOfTypes = {
    TypeOfKeyword{"properties", "object"},
    TypeOfKeyword{"required", "object"},
    TypeOfKeyword{"additionalProperties", "object"},
    TypeOfKeyword{"items", "array"},
    TypeOfKeyword{"prefixItems", "array"},
    TypeOfKeyword{"minItems", "array"},
    TypeOfKeyword{"maxItems", "array"},
    TypeOfKeyword{"minLength", "string"},
    TypeOfKeyword{"maxLength", "string"},
    TypeOfKeyword{"pattern", "string"},
    TypeOfKeyword{"format", "string"},
    TypeOfKeyword{"minimum", "number"},
    TypeOfKeyword{"maximum", "number"},
    TypeOfKeyword{"exclusiveMinimum", "number"},
    TypeOfKeyword{"exclusiveMaximum", "number"},
};

constexpr std::string_view kTypes[] = {"object",  "array",   "string", "number",
                                       "integer", "boolean", "null"};

template <typename Range>
bool has(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

bool is_annotation(std::string_view name) {
  return has(kAnnotations, name) || name.starts_with("x-");
}

std::string_view type_of(std::string_view name) {
  for (const TypeOfKeyword& known : kOfTypes) {
    if (known.keyword == name) return known.type;
  }
  return "";
}

// For example "a~1b" for "a/b", and %25 for %, as a "$ref" is a URI.
std::string unescaped(std::string_view part) {
  std::string text;
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '%' && i + 2 < part.size()) {
      unsigned byte = 0;
      const char* digits = part.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        text += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
      text += part[++i] == '0' ? '~' : '/';
      continue;
    }
    text += part[i];
  }
  return text;
}

const OrderedJson* child(const OrderedJson& parent, const std::string& name) {
  if (parent.is_object()) return keyword(parent, name);
  size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool number = error == std::errc() && end == name.data() + name.size();
  return parent.is_array() && number && index < parent.size() ? &parent[index] : nullptr;
}

}  // namespace

void fail_schema(bool unsupported, const std::string& at, std::string_view why) {
  throw Error(unsupported ? ErrorCode::unsupported : ErrorCode::invalid_input,
              fmt::format("the JSON schema at {}: {}", at, why));
}

void check_schema_keywords(const OrderedJson& schema, const std::string& at) {
  if (schema.is_boolean()) return;
  if (!schema.is_object()) fail_schema(false, at, "a schema is an object, true or false");
  for (const auto& [name, value] : schema.items()) {
    if (has(kGeneral, name) || is_annotation(name) || !type_of(name).empty()) continue;
    if (name == "uniqueItems" && value == false) continue;
    if ((name == "minItems" || name == "minProperties") && value == 0) continue;
    fail_schema(true, at, fmt::format("the keyword '{}' is not supported", name));
  }
}

OrderedJson without_annotations(const OrderedJson& schema) {
  if (!schema.is_object()) return schema;
  OrderedJson rest = OrderedJson::object();
  for (const auto& [name, value] : schema.items()) {
    if (!is_annotation(name)) rest[name] = value;
  }
  return rest;
}

const OrderedJson* keyword(const OrderedJson& schema, std::string_view name) {
  if (!schema.is_object()) return nullptr;
  const auto found = schema.find(std::string(name));
  return found == schema.end() ? nullptr : &*found;
}

std::optional<int64_t> count_keyword(const OrderedJson& schema, std::string_view name,
                                     const std::string& at) {
  const OrderedJson* value = keyword(schema, name);
  if (value == nullptr) return std::nullopt;
  constexpr double kMost = 1e15;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (number < 0 || number > kMost || number != std::floor(number)) {
    fail_schema(false, at, fmt::format("'{}' is not a number of 0 or more", name));
  }
  return static_cast<int64_t>(number);
}

const OrderedJson& schema_list(const OrderedJson& schema, std::string_view name,
                               const std::string& at) {
  const OrderedJson* list = keyword(schema, name);
  if (list == nullptr || !list->is_array() || list->empty()) {
    fail_schema(false, at, fmt::format("'{}' is not a list with something in it", name));
  }
  return *list;
}

std::vector<std::string> required_names(const OrderedJson& schema, const std::string& at) {
  std::vector<std::string> names;
  const OrderedJson* required = keyword(schema, "required");
  if (required == nullptr) return names;
  if (!required->is_array()) fail_schema(false, at, "'required' is not a list of names");
  for (const OrderedJson& name : *required) {
    if (!name.is_string()) fail_schema(false, at, "'required' is not a list of names");
    if (!has(names, name.get<std::string>())) names.push_back(name.get<std::string>());
  }
  return names;
}

std::vector<std::string> schema_types(const OrderedJson& schema, const std::string& at) {
  std::vector<std::string> types;
  if (const OrderedJson* type = keyword(schema, "type")) {
    const OrderedJson list = type->is_array() ? *type : OrderedJson::array({*type});
    for (const OrderedJson& name : list) {
      if (!name.is_string() || !has(kTypes, name.get<std::string>())) {
        fail_schema(false, at, fmt::format("{} is not a type", dump_json(name)));
      }
      types.push_back(name.get<std::string>());
    }
    if (types.empty()) fail_schema(false, at, "'type' names none");
    return types;
  }
  if (!schema.is_object()) return types;
  for (const auto& [name, value] : schema.items()) {
    const std::string type(type_of(name));
    if (!type.empty() && !has(types, type)) types.push_back(type);
  }
  return types;
}

bool has_type(const OrderedJson& value, const std::vector<std::string>& types) {
  if (types.empty()) return true;
  const auto is = [&](std::string_view type) { return has(types, type); };
  if (value.is_object()) return is("object");
  if (value.is_array()) return is("array");
  if (value.is_string()) return is("string");
  if (value.is_boolean()) return is("boolean");
  if (value.is_null()) return is("null");
  if (is("number")) return true;
  const bool whole =
      !value.is_number_float() || std::floor(value.get<double>()) == value.get<double>();
  return whole && is("integer");
}

const OrderedJson& resolve_ref(const OrderedJson& document, const std::string& ref,
                               const std::string& at) {
  if (!ref.starts_with('#') || (ref.size() > 1 && ref[1] != '/')) {
    fail_schema(true, at,
                fmt::format("'$ref' may only name a place in the same schema, such as "
                            "#/$defs/name, and not '{}'",
                            ref));
  }
  const OrderedJson* place = &document;
  for (size_t begin = 2; begin <= ref.size() && ref.size() > 1;) {
    const size_t end = std::min(ref.find('/', begin), ref.size());
    place = child(*place, unescaped(std::string_view(ref).substr(begin, end - begin)));
    if (place == nullptr) fail_schema(false, at, fmt::format("there is no {}", ref));
    begin = end + 1;
  }
  return *place;
}

}  // namespace jnlp
