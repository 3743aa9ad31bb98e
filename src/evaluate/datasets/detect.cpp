#include "evaluate/datasets/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "evaluate/datasets/source.h"

namespace jnlp {
namespace {

constexpr std::array<std::pair<DatasetFormat, std::string_view>, 7> kFormatNames = {{
    {DatasetFormat::automatic, "auto"},
    {DatasetFormat::tsv, "tsv"},
    {DatasetFormat::csv, "csv"},
    {DatasetFormat::jsonl, "jsonl"},
    {DatasetFormat::json_array, "json"},
    {DatasetFormat::conll, "conll"},
    {DatasetFormat::squad, "squad"},
}};

bool contains(const std::vector<std::string>& names, std::string_view cell) {
  return std::find(names.begin(), names.end(), ascii_lower(cell)) != names.end();
}

bool is_header(const std::vector<std::string_view>& cells) {
  return cells.size() > 1 && std::any_of(cells.begin(), cells.end(), [](std::string_view cell) {
           return contains(text_column_names(), cell) || contains(label_column_names(), cell) ||
                  contains(document_column_names(), cell) ||
                  contains(summary_column_names(), cell) || ascii_lower(cell) == "question";
         });
}

// A word and a tag on each of the first lines that are not blank.
bool looks_like_conll(std::string_view text) {
  constexpr int kLinesToSee = 20;
  TextLines lines(text);
  std::string_view line;
  int seen = 0;
  while (seen < kLinesToSee && lines.next(&line)) {
    const auto cells = split_blanks(line);
    if (cells.empty() || cells[0] == "#") continue;
    if (cells.size() < 2 || !looks_like_tag(cells.back())) return false;
    ++seen;
  }
  return seen > 0;
}

// One document over many lines, or one object per line? A document cannot end on its first line.
DatasetFormat detect_json(std::string_view text) {
  // Inside a JSON string the quotes would be escaped, so this is a key.
  if (text.find("\"paragraphs\"") != std::string_view::npos) return DatasetFormat::squad;
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (text[begin] == '[') return DatasetFormat::json_array;
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  const Json first = Json::parse(line.begin(), line.end(), nullptr, false);
  if (!first.is_object()) return DatasetFormat::json_array;
  const auto data = first.find("data");
  const bool wrapped = data != first.end() && data->is_array();
  return wrapped ? DatasetFormat::json_array : DatasetFormat::jsonl;
}

}  // namespace

std::string_view to_string(DatasetFormat format) {
  for (const auto& [value, name] : kFormatNames) {
    if (value == format) return name;
  }
  return "unknown";
}

DatasetFormat dataset_format_from(std::string_view name) {
  std::string known;
  for (const auto& [value, known_name] : kFormatNames) {
    if (known_name == name) return value;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", known_name);
  }
  throw Error(ErrorCode::invalid_input,
              fmt::format("'{}' is no data format; known are {}", name, known));
}

std::string plain_name(const std::filesystem::path& path) {
  std::string name = ascii_lower(path.filename().string());
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

bool looks_like_tag(std::string_view cell) {
  if (cell == "O") return true;
  return cell.size() > 2 && cell[1] == '-' &&
         std::string_view("BIESLU").find(cell[0]) != std::string_view::npos;
}

const std::vector<std::string>& text_column_names() {
  static const std::vector<std::string> names = {"text",  "sentence", "review", "content",
                                                 "tweet", "comment",  "body",   "document"};
  return names;
}

const std::vector<std::string>& label_column_names() {
  static const std::vector<std::string> names = {"label",    "labels", "sentiment", "class",
                                                 "category", "target", "emotion"};
  return names;
}

const std::vector<std::string>& document_column_names() {
  static const std::vector<std::string> names = {"article", "document", "dialogue",
                                                 "text",    "source",   "content"};
  return names;
}

const std::vector<std::string>& summary_column_names() {
  static const std::vector<std::string> names = {"highlights", "summary", "abstract", "target",
                                                 "reference"};
  return names;
}

DatasetFormat detect_format(const std::filesystem::path& path, std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}: holds nothing but white space", path.string()));
  }
  const std::string extension = std::filesystem::path(plain_name(path)).extension().string();
  if (extension == ".jsonl" || extension == ".ndjson") return DatasetFormat::jsonl;
  if (extension == ".csv") return DatasetFormat::csv;
  if (extension == ".conll" || extension == ".iob" || extension == ".iob2" || extension == ".bio") {
    return DatasetFormat::conll;
  }
  if (extension == ".json" || text[begin] == '{') return detect_json(text);
  std::string_view first = text.substr(begin);
  first = first.substr(0, first.find_first_of("\r\n"));
  if (is_header(split_tabs(first))) return DatasetFormat::tsv;
  if (looks_like_conll(text)) return DatasetFormat::conll;
  if (extension == ".tsv") return DatasetFormat::tsv;
  throw Error(ErrorCode::invalid_input,
              fmt::format("{}: cannot tell what kind of data this is; name it with the format "
                          "option (tsv, csv, jsonl, json, conll or squad)",
                          path.string()));
}

}  // namespace jnlp
