#include "backends/json_schema/scalars.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "backends/json_schema/number_range.h"
#include "backends/json_schema/pattern.h"
#include "backends/json_schema/schema.h"

namespace jnlp {
namespace {

// The number nearest to a limit of numbers that is within it.
std::optional<int64_t> limit(const OrderedJson& schema, std::string_view name, bool whole,
                             bool upper, const std::string& at) {
  const OrderedJson* value = keyword(schema, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) fail_schema(false, at, fmt::format("'{}' is not a number", name));
  const bool exclusive = name.starts_with("exclusive");
  const double number = value->get<double>();
  if (!whole && (exclusive || number != std::floor(number))) {
    fail_schema(true, at,
                fmt::format("'{}' of numbers that may have a fraction is supported as a "
                            "whole number, and not exclusively",
                            name));
  }
  if (std::abs(number) > static_cast<double>(kGreatestNumber / 10)) {
    fail_schema(true, at, fmt::format("'{}' is too large", name));
  }
  const double inner = upper ? std::floor(number) : std::ceil(number);
  const auto exact = value->is_number_float() ? static_cast<int64_t>(inner) : value->get<int64_t>();
  if (!exclusive || inner != number) return exact;
  return upper ? exact - 1 : exact + 1;
}

}  // namespace

std::string values_body(const OrderedJson& schema, const std::string& at) {
  for (const auto& [name, value] : schema.items()) {
    if (name == "enum" || name == "const" || name == "type") continue;
    fail_schema(true, at, fmt::format("'{}' beside 'enum' or 'const' is not supported", name));
  }
  const bool listed = keyword(schema, "enum") != nullptr;
  const OrderedJson* constant = keyword(schema, "const");
  const OrderedJson values =
      listed ? schema_list(schema, "enum", at) : OrderedJson::array({*constant});
  const std::vector<std::string> types = schema_types(schema, at);
  std::string body;
  for (const OrderedJson& value : values) {
    if (!has_type(value, types) || (constant != nullptr && value != *constant)) continue;
    body += (body.empty() ? "" : " | ") + gbnf_literal(dump_json(value));
  }
  if (body.empty()) fail_schema(false, at, "nothing satisfies it");
  return body;
}

std::string string_body(const OrderedJson& schema, const std::string& name, const std::string& at,
                        GrammarRules* rules) {
  const OrderedJson* pattern = keyword(schema, "pattern");
  const OrderedJson* format = keyword(schema, "format");
  const std::optional<int64_t> least = count_keyword(schema, "minLength", at);
  const std::optional<int64_t> most = count_keyword(schema, "maxLength", at);
  const bool length = least.value_or(0) > 0 || most;
  if ((pattern != nullptr) + (format != nullptr) + length > 1) {
    fail_schema(true, at, "of 'pattern', 'format' and a length only one is supported at a time");
  }
  if (pattern != nullptr) {
    if (!pattern->is_string()) fail_schema(false, at, "'pattern' is not a text");
    const std::string body = pattern_grammar(pattern->get<std::string>(), name, rules);
    return fmt::format("\"\\\"\" ({}) \"\\\"\"", body);
  }
  if (format != nullptr) {
    for (const std::string_view known : {"date", "time", "date-time", "uuid"}) {
      if (*format == known)
        return fmt::format("\"\\\"\" {} \"\\\"\"", rules->use(std::string(known)));
    }
    fail_schema(true, at,
                fmt::format("the format {} is not supported (date, time, date-time and "
                            "uuid are)",
                            dump_json(*format)));
  }
  if (!length) return rules->use("string");
  if (most && *most < least.value_or(0)) {
    fail_schema(false, at, "'maxLength' is less than 'minLength'");
  }
  if (std::max(least.value_or(0), most.value_or(0)) > kMostRepetitions) {
    fail_schema(true, at,
                fmt::format("more than {} characters cannot be counted", kMostRepetitions));
  }
  return fmt::format("\"\\\"\" {}{} \"\\\"\"", rules->use("char"),
                     gbnf_repeat(least.value_or(0), most));
}

std::string number_body(const OrderedJson& schema, bool whole, const std::string& at,
                        GrammarRules* rules) {
  const auto of = [&](std::string_view name, bool upper) {
    return limit(schema, name, whole, upper, at);
  };
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
  const int64_t least = std::max(of("minimum", false).value_or(kLeast),
                                 of("exclusiveMinimum", false).value_or(kLeast));
  const int64_t greatest = std::min(of("maximum", true).value_or(kGreatest),
                                    of("exclusiveMaximum", true).value_or(kGreatest));
  if (least == kLeast && greatest == kGreatest) return rules->use(whole ? "integer" : "number");
  if (greatest < least) fail_schema(false, at, "no number is within its limits");
  const int64_t low = std::max(least, -kGreatestNumber);
  const int64_t high = std::min(greatest, kGreatestNumber);
  return whole ? integer_range(low, high) : decimal_range(low, high);
}

}  // namespace jnlp
