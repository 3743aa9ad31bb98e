#include "evaluate/datasets/labels.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace jnlp {
namespace {

// pandas writes integers as 1.0 when some rows have none.
std::optional<int64_t> as_integer(std::string_view text) {
  if (text.ends_with(".0")) text.remove_suffix(2);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string label_text(const DataSource& source, size_t line, const Json& cell,
                       const std::vector<std::string>& names) {
  if (cell.is_array() && cell.size() == 1) return label_text(source, line, cell[0], names);
  if (cell.is_array() || cell.is_object()) {
    fail_at(source, line, "the label is not a single value; multi-label data is not read");
  }
  std::string text = cell.is_string() ? cell.get<std::string>() : cell.dump();
  const auto index = as_integer(text);
  if (text.empty() || cell.is_null() || index == -1) {
    fail_at(source, line, "this row has no label; a labelled split is needed");
  }
  if (!index) return text;
  if (names.empty()) return std::to_string(*index);
  if (*index < 0 || *index >= static_cast<int64_t>(names.size())) {
    fail_at(source, line, fmt::format("label {} is outside the {} names", *index, names.size()));
  }
  return names[static_cast<size_t>(*index)];
}

}  // namespace jnlp
