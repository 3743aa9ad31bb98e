#include "backends/json_schema/combine.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "backends/json_schema/schema.h"

namespace jnlp {
namespace {

constexpr int kDeepestReference = 30;  // $ref and allOf in each other

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names common_types(const Names& a, const Names& b) {
  Names common;
  for (const std::string& type : a) {
    if (has(b, type) || (type == "integer" && has(b, "number"))) {
      common.push_back(type);
    } else if (type == "number" && has(b, "integer")) {
      common.emplace_back("integer");
    }
  }
  return common;
}

OrderedJson values_of(const OrderedJson& schema) {
  if (const OrderedJson* value = keyword(schema, "const")) return OrderedJson::array({*value});
  if (const OrderedJson* values = keyword(schema, "enum")) return *values;
  return nullptr;
}

// A closed side ("additionalProperties") says of the properties that only the other side has what
// they may be; that is left out but for the simple cases.
void check_properties_fit(const OrderedJson& closed, const OrderedJson& other,
                          const std::string& at) {
  const OrderedJson* additional = keyword(closed, "additionalProperties");
  if (additional == nullptr || *additional == true) return;
  const OrderedJson* theirs = keyword(other, "properties");
  if (theirs == nullptr || !theirs->is_object()) return;
  const OrderedJson* own = keyword(closed, "properties");
  for (const auto& [name, schema] : theirs->items()) {
    if (own == nullptr || keyword(*own, name) == nullptr) {
      fail_schema(true, at,
                  fmt::format("schemas are combined of which one has the property '{}' and another "
                              "'additionalProperties' without it",
                              name));
    }
  }
}

OrderedJson both(const OrderedJson& a, const OrderedJson& b) {
  if (a == b || b == true) return a;
  if (a == true) return b;
  return {{"allOf", OrderedJson::array({a, b})}};
}

OrderedJson merged_properties(const OrderedJson& a, const OrderedJson& b) {
  OrderedJson merged = a;
  for (const auto& [name, schema] : b.items()) {
    const OrderedJson* there = keyword(a, name);
    merged[name] = there == nullptr ? schema : both(*there, schema);
  }
  return merged;
}

// Of enumerations: the values of both.
OrderedJson common_values(const OrderedJson& a, const OrderedJson& b, const std::string& at) {
  OrderedJson common = OrderedJson::array();
  for (const OrderedJson& value : a) {
    if (std::find(b.begin(), b.end(), value) != b.end()) common.push_back(value);
  }
  if (common.empty()) fail_schema(false, at, "no value is allowed by all the schemas combined");
  return common;
}

OrderedJson merged_keyword(const std::string& name, const OrderedJson& a, const OrderedJson& b,
                           const std::string& at) {
  if (a == b) return a;
  const bool lists = a.is_array() && b.is_array();
  if (name == "properties" && a.is_object() && b.is_object()) return merged_properties(a, b);
  if (name == "items" || name == "additionalProperties") return both(a, b);
  if (name == "enum" && lists) return common_values(a, b, at);
  if (name == "required" && lists) {
    OrderedJson all = a;
    for (const OrderedJson& item : b) all.push_back(item);
    return all;
  }
  const bool numbers = a.is_number() && b.is_number();
  const bool lower = name.starts_with("min") || name == "exclusiveMinimum";
  const bool upper = name.starts_with("max") || name == "exclusiveMaximum";
  if (numbers && lower) return a < b ? b : a;
  if (numbers && upper) return a < b ? a : b;
  if (name == "const") fail_schema(false, at, "schemas with different constants are combined");
  fail_schema(true, at, fmt::format("schemas are combined that each have their own '{}'", name));
}

OrderedJson flatten(const OrderedJson& document, const OrderedJson& schema, const std::string& at,
                    int depth, SchemaBudget* budget) {
  if (--budget->steps < 0) {
    fail_schema(true, at, "'$ref', 'allOf' and 'oneOf' make too much of the schema");
  }
  if (depth > kDeepestReference) fail_schema(true, at, "'$ref' or 'allOf' contain themselves");
  check_schema_keywords(schema, at);
  if (!schema.is_object()) return schema;
  OrderedJson flat = without_annotations(schema);
  std::vector<OrderedJson> parts;
  if (const OrderedJson* ref = keyword(flat, "$ref")) {
    if (!ref->is_string()) fail_schema(false, at, "'$ref' is not a text");
    parts.push_back(flatten(document, resolve_ref(document, ref->get<std::string>(), at), at,
                            depth + 1, budget));
  }
  if (keyword(flat, "allOf") != nullptr) {
    for (const OrderedJson& part : schema_list(flat, "allOf", at)) {
      parts.push_back(flatten(document, part, at, depth + 1, budget));
    }
  }
  flat.erase("$ref");
  flat.erase("allOf");
  for (const OrderedJson& part : parts) flat = merge_schemas(flat, part, at);
  return flat;
}

bool no_common_value(const OrderedJson& a, const OrderedJson& b, const std::string& at) {
  const OrderedJson values_a = values_of(a);
  const OrderedJson values_b = values_of(b);
  const Names types_a = keyword(a, "type") != nullptr ? schema_types(a, at) : Names{};
  const Names types_b = keyword(b, "type") != nullptr ? schema_types(b, at) : Names{};
  if (!types_a.empty() && !types_b.empty() && common_types(types_a, types_b).empty()) return true;
  const auto none_has = [](const OrderedJson& values, const auto& allowed) {
    return values.is_array() && std::none_of(values.begin(), values.end(), allowed);
  };
  const auto of_a = [&](const OrderedJson& value) { return has_type(value, types_a); };
  const auto of_b = [&](const OrderedJson& value) { return has_type(value, types_b); };
  const auto in_b = [&](const OrderedJson& value) {
    return std::find(values_b.begin(), values_b.end(), value) != values_b.end();
  };
  return none_has(values_a, of_b) || none_has(values_b, of_a) ||
         (values_b.is_array() && none_has(values_a, in_b));
}

// Whether one requires a property that the other neither names nor may have besides.
bool lacks_required(const OrderedJson& schema, const OrderedJson& other, const std::string& at) {
  const OrderedJson* additional = keyword(schema, "additionalProperties");
  if (additional != nullptr && *additional != false) return false;
  const OrderedJson* properties = keyword(schema, "properties");
  const Names own = required_names(schema, at);
  for (const std::string& name : required_names(other, at)) {
    const bool named = properties != nullptr && keyword(*properties, name) != nullptr;
    if (!named && !has(own, name)) return true;
  }
  return false;
}

bool is_closed(const OrderedJson& schema) {
  const OrderedJson* additional = keyword(schema, "additionalProperties");
  return additional != nullptr && *additional == false;
}

bool objects_exclude(const OrderedJson& document, const OrderedJson& a, const OrderedJson& b,
                     const std::string& at, int depth, SchemaBudget* budget);

bool exclude(const OrderedJson& document, const OrderedJson& a, const OrderedJson& b,
             const std::string& at, int depth, SchemaBudget* budget) {
  if (depth > kDeepestReference || !a.is_object() || !b.is_object()) return false;
  return no_common_value(a, b, at) || objects_exclude(document, a, b, at, depth, budget);
}

bool objects_exclude(const OrderedJson& document, const OrderedJson& a, const OrderedJson& b,
                     const std::string& at, int depth, SchemaBudget* budget) {
  const auto only_objects = [](const OrderedJson& schema) {
    const OrderedJson* type = keyword(schema, "type");
    return type != nullptr && *type == "object";
  };
  if (!only_objects(a) || !only_objects(b)) return false;
  const bool a_lacks = lacks_required(a, b, at);
  const bool b_lacks = lacks_required(b, a, at);
  if ((a_lacks && b_lacks) || (a_lacks && is_closed(a)) || (b_lacks && is_closed(b))) return true;
  const OrderedJson* properties_a = keyword(a, "properties");
  const OrderedJson* properties_b = keyword(b, "properties");
  if (properties_a == nullptr || properties_b == nullptr) return false;
  const Names required_b = required_names(b, at);
  for (const std::string& name : required_names(a, at)) {
    const OrderedJson* of_a = keyword(*properties_a, name);
    const OrderedJson* of_b = keyword(*properties_b, name);
    if (!has(required_b, name) || of_a == nullptr || of_b == nullptr) continue;
    if (exclude(document, flatten(document, *of_a, at, 0, budget),
                flatten(document, *of_b, at, 0, budget), at, depth + 1, budget)) {
      return true;
    }
  }
  return false;
}

}  // namespace

OrderedJson flatten_schema(const OrderedJson& document, const OrderedJson& schema,
                           const std::string& at, SchemaBudget* budget) {
  return flatten(document, schema, at, 0, budget);
}

OrderedJson merge_schemas(const OrderedJson& a, const OrderedJson& b, const std::string& at) {
  if (a == false || b == false) fail_schema(false, at, "nothing satisfies it");
  if (a == true || a == b) return b;
  if (b == true) return a;
  for (const std::string_view name : {"anyOf", "oneOf"}) {
    if (keyword(a, name) != nullptr &&
        (keyword(b, "anyOf") != nullptr || keyword(b, "oneOf") != nullptr)) {
      fail_schema(true, at, "schemas are combined that each have 'anyOf' or 'oneOf'");
    }
  }
  check_properties_fit(a, b, at);
  check_properties_fit(b, a, at);
  OrderedJson merged = a;
  for (const auto& [name, value] : b.items()) {
    const OrderedJson* there = keyword(a, name);
    if (there == nullptr) {
      merged[name] = value;
    } else if (name == "type") {
      const Names common = common_types(schema_types(a, at), schema_types(b, at));
      if (common.empty()) fail_schema(false, at, "schemas of different types are combined");
      merged[name] = common.size() == 1 ? OrderedJson(common.front()) : OrderedJson(common);
    } else {
      merged[name] = merged_keyword(name, *there, value, at);
    }
  }
  return merged;
}

bool exclude_each_other(const OrderedJson& document, const OrderedJson& a, const OrderedJson& b,
                        const std::string& at, SchemaBudget* budget) {
  return exclude(document, a, b, at, 0, budget);
}

}  // namespace jnlp
