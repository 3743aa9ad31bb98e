#include "evaluate/datasets/class_names.h"

#include "base/file.h"
#include "base/json.h"
#include "evaluate/datasets/source.h"

namespace jnlp {
namespace {

// A feature is {"names": [...]}, or a sequence that holds one under "feature".
std::vector<std::string> names_of_feature(const Json& feature) {
  if (!feature.is_object()) return {};
  if (const auto names = feature.find("names"); names != feature.end() && names->is_array()) {
    std::vector<std::string> list;
    for (const Json& name : *names) {
      if (name.is_string()) list.push_back(name.get<std::string>());
    }
    return list;
  }
  const auto inner = feature.find("feature");
  return inner == feature.end() ? std::vector<std::string>{} : names_of_feature(*inner);
}

std::vector<std::string> names_in_infos(const Json& infos, const std::string& column) {
  if (!infos.is_object()) return {};
  if (const auto features = infos.find("features"); features != infos.end()) {
    if (!features->is_object() || !features->contains(column)) return {};
    return names_of_feature(features->at(column));
  }
  for (const auto& [config, info] : infos.items()) {
    auto names = names_in_infos(info, column);
    if (!names.empty()) return names;
  }
  return {};
}

size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

std::string unquoted(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                      text.back() == text.front();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// The entries "'0': negative" that stand deeper than the line "names:".
std::vector<std::string> read_entries(TextLines* lines, size_t depth) {
  std::vector<std::string> names;
  std::string_view line;
  while (lines->next(&line) && indentation(line) > depth) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) break;
    names.push_back(unquoted(line.substr(colon + 1)));
  }
  return names;
}

// Just as much YAML as the `datasets` library writes for a class label; not a YAML reader.
std::vector<std::string> names_in_readme(std::string_view text, const std::string& column) {
  TextLines lines(text);
  std::string_view line;
  if (!lines.next(&line) || line != "---") return {};
  bool in_column = false;
  size_t column_depth = 0;
  while (lines.next(&line) && line != "---") {
    const size_t depth = indentation(line);
    const std::string_view content = line.substr(depth);
    if (content.starts_with("- name:")) {
      in_column = unquoted(content.substr(7)) == column;
      column_depth = depth;
    } else if (in_column && content.starts_with("names:")) {
      return read_entries(&lines, depth);
    } else if (depth <= column_depth) {
      in_column = false;
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> read_class_names(const std::filesystem::path& directory,
                                          const std::string& column) {
  const auto infos = directory / "dataset_infos.json";
  if (std::filesystem::exists(infos)) {
    auto names = names_in_infos(read_json_file(infos), column);
    if (!names.empty()) return names;
  }
  const auto readme = directory / "README.md";
  return std::filesystem::exists(readme) ? names_in_readme(read_file(readme), column)
                                         : std::vector<std::string>{};
}

}  // namespace jnlp
