#include "backends/json_schema_grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "backends/json_schema/combine.h"
#include "backends/json_schema/grammar_rules.h"
#include "backends/json_schema/property_names.h"
#include "backends/json_schema/scalars.h"
#include "backends/json_schema/schema.h"
#include "base/json.h"

namespace jnlp {
namespace {

constexpr int kDeepestSchema = 60;

// A member of an object as it is written: its name, a colon and its value.
struct Property {
  std::string member;  // GBNF
  bool required = false;
};

class Converter {
 public:
  explicit Converter(const OrderedJson& document) : document_(document) {}

  std::string grammar() {
    rule_of_ref("#", "root", "#");
    return rules_.text();
  }

 private:
  // The name of a rule for a schema: one that is known by its name, or a new one like `name`.
  std::string rule_of(const OrderedJson& schema, const std::string& name, const std::string& at);
  std::string rule_of_ref(const std::string& ref, const std::string& name, const std::string& at);
  // What the rule is defined as, which may have alternatives.
  std::string body_of(const OrderedJson& schema, const std::string& name, const std::string& at);
  std::string body_of_branches(const OrderedJson& schema, std::string_view which,
                               const std::string& name, const std::string& at);
  std::string body_of_type(const OrderedJson& schema, const std::string& type,
                           const std::string& name, const std::string& at);
  std::string object_body(const OrderedJson& schema, const std::string& name,
                          const std::string& at);
  std::string members(const std::vector<Property>& properties, const std::string& other,
                      const std::string& name);
  std::string array_body(const OrderedJson& schema, const std::string& name, const std::string& at);

  // Rules for what is inside a bracket: a schema that contains itself there is no endless loop.
  template <typename Make>
  auto inside(const Make& make) {
    const std::vector<std::string> outside = std::exchange(open_refs_, {});
    auto made = make();
    open_refs_ = outside;
    return made;
  }

  const OrderedJson& document_;
  GrammarRules rules_;
  SchemaBudget budget_;
  std::map<std::string, std::string> rule_of_place_;
  std::vector<std::string> open_refs_;  // that nothing is written in front of
  int depth_ = 0;
};

bool is_name(std::string_view body) {
  return !body.empty() && std::all_of(body.begin(), body.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string child_of(const std::string& at, std::string_view name) {
  return fmt::format("{}/{}", at, name);
}

std::string Converter::rule_of(const OrderedJson& schema, const std::string& name,
                               const std::string& at) {
  std::string body = body_of(schema, name, at);
  return is_name(body) ? body : rules_.add(name, std::move(body));
}

std::string Converter::rule_of_ref(const std::string& ref, const std::string& name,
                                   const std::string& at) {
  const auto open = std::find(open_refs_.begin(), open_refs_.end(), ref);
  if (open != open_refs_.end()) fail_schema(false, at, fmt::format("{} is defined as itself", ref));
  if (const auto found = rule_of_place_.find(ref); found != rule_of_place_.end()) {
    return found->second;
  }
  const OrderedJson& target = resolve_ref(document_, ref, at);
  const std::string rule = rules_.reserve(name);
  rule_of_place_[ref] = rule;
  open_refs_.push_back(ref);
  rules_.set(rule, body_of(target, rule, ref));
  open_refs_.pop_back();
  return rule;
}

std::string Converter::body_of(const OrderedJson& schema, const std::string& name,
                               const std::string& at) {
  if (depth_ >= kDeepestSchema) {
    fail_schema(true, at,
                fmt::format("schemas inside each other are more than {}", kDeepestSchema));
  }
  ++depth_;
  check_schema_keywords(schema, at);
  if (schema == false) fail_schema(false, at, "nothing satisfies it");
  std::string body;
  const OrderedJson plain = without_annotations(schema);
  const OrderedJson* ref = keyword(plain, "$ref");
  if (ref != nullptr && ref->is_string() && plain.size() == 1) {
    const std::string place = ref->get<std::string>();
    body = rule_of_ref(place, "def-" + place.substr(place.rfind('/') + 1), at);
  } else {
    const OrderedJson flat = flatten_schema(document_, plain, at, &budget_);
    if (keyword(flat, "anyOf") != nullptr) {
      body = body_of_branches(flat, "anyOf", name, at);
    } else if (keyword(flat, "oneOf") != nullptr) {
      body = body_of_branches(flat, "oneOf", name, at);
    } else if (keyword(flat, "enum") != nullptr || keyword(flat, "const") != nullptr) {
      body = values_body(flat, at);
    } else {
      std::vector<std::string> types = schema_types(flat, at);
      if (types.empty()) types = {"value"};
      for (const std::string& type : types) {
        const std::string own = types.size() == 1 ? name : name + "-" + type;
        std::string of_type = body_of_type(flat, type, own, at);
        if (types.size() > 1 && !is_name(of_type)) of_type = rules_.add(own, of_type);
        body += (body.empty() ? "" : " | ") + of_type;
      }
    }
  }
  --depth_;
  return body;
}

// What stands beside "anyOf" is merged into each of its schemas.
std::string Converter::body_of_branches(const OrderedJson& schema, std::string_view which,
                                        const std::string& name, const std::string& at) {
  const std::string place = child_of(at, which);
  if (keyword(schema, "anyOf") != nullptr && keyword(schema, "oneOf") != nullptr) {
    fail_schema(true, at, "'anyOf' and 'oneOf' beside each other are not supported");
  }
  const OrderedJson& branches = schema_list(schema, which, at);
  OrderedJson beside = schema;
  beside.erase(std::string(which));
  std::vector<OrderedJson> flat;
  std::string body;
  for (size_t i = 0; i < branches.size(); ++i) {
    const std::string own = child_of(place, std::to_string(i));
    if (which == "oneOf") {
      flat.push_back(
          merge_schemas(beside, flatten_schema(document_, branches[i], own, &budget_), own));
      for (size_t j = 0; j < i; ++j) {
        if (exclude_each_other(document_, flat[i], flat[j], own, &budget_)) continue;
        fail_schema(true, place,
                    fmt::format("numbers {} and {} may both be satisfied, which a "
                                "grammar cannot exclude; 'anyOf' allows it",
                                j, i));
      }
    }
    const OrderedJson branch =
        beside.empty()
            ? branches[i]
            : merge_schemas(beside, flatten_schema(document_, branches[i], own, &budget_), own);
    body += (body.empty() ? "" : " | ") + rule_of(branch, fmt::format("{}-{}", name, i + 1), own);
  }
  return body;
}

std::string Converter::body_of_type(const OrderedJson& schema, const std::string& type,
                                    const std::string& name, const std::string& at) {
  if (type == "object") return object_body(schema, name, at);
  if (type == "array") return array_body(schema, name, at);
  if (type == "string") return string_body(schema, name, at, &rules_);
  if (type == "number" || type == "integer")
    return number_body(schema, type == "integer", at, &rules_);
  return rules_.use(type);  // boolean, null, or any value
}

std::string Converter::object_body(const OrderedJson& schema, const std::string& name,
                                   const std::string& at) {
  const OrderedJson* additional = keyword(schema, "additionalProperties");
  const bool open = additional != nullptr && *additional != false;
  OrderedJson properties = OrderedJson::object();
  if (const OrderedJson* named = keyword(schema, "properties")) {
    if (!named->is_object()) fail_schema(false, at, "'properties' is not an object");
    properties = *named;
  }
  const std::vector<std::string> required = required_names(schema, at);
  for (const std::string& missing : required) {
    if (keyword(properties, missing) != nullptr) continue;
    if (additional != nullptr && *additional == false) {
      fail_schema(false, at, fmt::format("'{}' is required and not allowed", missing));
    }
    properties[missing] = open ? *additional : OrderedJson(true);
  }
  if (properties.empty() && additional == nullptr && required.empty() &&
      keyword(schema, "properties") == nullptr) {
    return rules_.use("object");
  }
  return inside([&] {
    const std::string space = rules_.use("space");
    std::vector<Property> written;
    std::vector<std::string> names;
    for (const auto& [key, value] : properties.items()) {
      const std::string own = name + "-" + key;
      const std::string rule = rule_of(value, own, child_of(at, "properties/" + key));
      names.push_back(key);
      written.push_back(
          {fmt::format("{} {} {}", gbnf_literal(dump_json(OrderedJson(key)) + ":"), space, rule),
           std::find(required.begin(), required.end(), key) != required.end()});
    }
    std::string other;
    if (open) {
      const std::string key = other_property_name(names, name + "-other-name", &rules_);
      const std::string value =
          rule_of(*additional, name + "-other-value", child_of(at, "additionalProperties"));
      other = rules_.add(name + "-other", fmt::format("{} \":\" {} {}", key, space, value));
    }
    const std::string inner = members(written, other, name);
    return inner.empty() ? fmt::format("\"{{\" {} \"}}\"", space)
                         : fmt::format("\"{{\" {0} {1} {0} \"}}\"", space, inner);
  });
}

// From the last to the first: `behind` is what may follow when something is written already, with
// the comma; `begin` is what may follow when nothing is.
std::string Converter::members(const std::vector<Property>& properties, const std::string& other,
                               const std::string& name) {
  std::string behind = other.empty() ? "" : fmt::format("(\",\" space {})*", other);
  std::string begin = other.empty() ? "" : fmt::format("({} {})?", other, behind);
  const auto with = [](std::string first, const std::string& rest) {
    return rest.empty() ? first : fmt::format("{} {}", first, rest);
  };
  // Long lists of optional properties would double the text of a rule with each of them.
  const auto as_rule = [&](const std::string& body, std::string_view kind) {
    return body.empty() || is_name(body) ? body
                                         : rules_.add(fmt::format("{}-{}", name, kind), body);
  };
  for (size_t i = properties.size(); i-- > 0;) {
    const auto& [member, required] = properties[i];
    if (required) {
      begin = with(member, behind);
      behind = with("\",\" space " + member, behind);
      continue;
    }
    behind = as_rule(behind, "more");
    begin = as_rule(begin, "begin");
    begin = begin.empty() ? fmt::format("({})?", with(member, behind))
                          : fmt::format("({} | {})", with(member, behind), begin);
    behind = with(fmt::format("(\",\" space {})?", member), behind);
  }
  return begin;
}

std::string Converter::array_body(const OrderedJson& schema, const std::string& name,
                                  const std::string& at) {
  const OrderedJson* items = keyword(schema, "items");
  const bool tuple = keyword(schema, "prefixItems") != nullptr;
  if (items != nullptr && items->is_array()) {
    fail_schema(true, at, "'items' with a list is not supported; it is called 'prefixItems' now");
  }
  const int64_t least = count_keyword(schema, "minItems", at).value_or(0);
  const std::optional<int64_t> most = count_keyword(schema, "maxItems", at);
  if (most && *most < least) fail_schema(false, at, "'maxItems' is less than 'minItems'");
  if (std::max(least, most.value_or(0)) > kMostRepetitions) {
    fail_schema(true, at, fmt::format("more than {} items cannot be counted", kMostRepetitions));
  }
  if (items == nullptr && !tuple && least == 0 && !most) return rules_.use("array");
  return inside([&] {
    const std::string space = rules_.use("space");
    std::string inner;
    int64_t first = 0;  // items of the tuple
    if (tuple) {
      for (const OrderedJson& item : schema_list(schema, "prefixItems", at)) {
        if (most && first == *most) break;
        const std::string place = child_of(at, fmt::format("prefixItems/{}", first));
        inner += (first > 0 ? fmt::format(" \",\" {} ", space) : "") +
                 rule_of(item, fmt::format("{}-{}", name, first + 1), place);
        ++first;
      }
    }
    const bool none = items != nullptr && *items == false;
    // Behind a tuple only what is asked for.
    const bool free = items == nullptr && tuple && least <= first;
    if (none && least > first)
      fail_schema(false, at, "'minItems' asks for more than 'items' allows");
    if (!none && !free && !(most && *most == first)) {
      const OrderedJson any = true;
      const std::string item =
          rule_of(items == nullptr ? any : *items, name + "-item", child_of(at, "items"));
      const int64_t more = std::max<int64_t>(least - first, 0);
      std::optional<int64_t> limit;
      if (most) limit = *most - first;
      const std::string next = rules_.add(name + "-next", fmt::format("\",\" {} {}", space, item));
      if (first > 0) {
        inner += " " + next + gbnf_repeat(more, limit);
      } else {
        if (limit) --*limit;
        inner = item;
        if (!limit || *limit > 0) {
          inner += " " + next + gbnf_repeat(std::max<int64_t>(more - 1, 0), limit);
        }
        if (more == 0) inner = fmt::format("({})?", inner);
      }
    }
    return inner.empty() ? fmt::format("\"[\" {} \"]\"", space)
                         : fmt::format("\"[\" {0} {1} {0} \"]\"", space, inner);
  });
}

}  // namespace

std::string json_schema_grammar(std::string_view schema) {
  const OrderedJson document = parse_ordered_json(schema, "the JSON schema");
  return Converter(document).grammar();
}

}  // namespace jnlp
