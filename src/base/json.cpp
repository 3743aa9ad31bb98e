#include "base/json.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"

namespace jnlp {
namespace {

template <typename Type>
Type parse(std::string_view text, std::string_view what) {
  try {
    Type json = Type::parse(text.begin(), text.end());
    // The parser takes a zero byte for the end, whatever comes behind it.
    const size_t zero = text.find('\0');
    if (zero == std::string_view::npos) return json;
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is not valid JSON: byte {} is zero", what, zero + 1));
  } catch (const typename Type::exception& e) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} is not valid JSON: {}", what, e.what()));
  }
}

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  return parse<Json>(text, what);
}

OrderedJson parse_ordered_json(std::string_view text, std::string_view what) {
  return parse<OrderedJson>(text, what);
}

Json read_json_file(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

std::string dump_json(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string dump_json(const OrderedJson& json, int indent) {
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

double shortest(float value) {
  return std::strtod(fmt::format("{}", value).c_str(), nullptr);
}

}  // namespace jnlp
