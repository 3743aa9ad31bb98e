#include "evaluate/datasets/rows.h"

#include <fmt/format.h>

#include "base/csv.h"

namespace jnlp {
namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

template <class Cell>
Json row_object(const DataSource& source, size_t line, const std::vector<std::string>& header,
                const std::vector<Cell>& cells) {
  if (cells.size() != header.size()) {
    fail_at(source, line,
            fmt::format("{} cells, but the header has {}", cells.size(), header.size()));
  }
  Json row = Json::object();
  for (size_t i = 0; i < cells.size(); ++i) row[header[i]] = std::string(cells[i]);
  return row;
}

void read_tsv(const DataSource& source, const RowHandler& handle) {
  TextLines lines(source.text);
  std::string_view line;
  std::vector<std::string> header;
  while (lines.next(&line)) {
    if (is_blank(line)) continue;
    const auto cells = split_tabs(line);
    if (header.empty()) {
      header.assign(cells.begin(), cells.end());
      continue;
    }
    handle(row_object(source, lines.number(), header, cells), lines.number());
  }
}

void read_csv(const DataSource& source, const RowHandler& handle) {
  CsvReader reader(source.text, source.path.string());
  std::vector<std::string> header;
  std::vector<std::string> cells;
  reader.next(&header);
  while (reader.next(&cells)) {
    handle(row_object(source, reader.line(), header, cells), reader.line());
  }
}

// The library's message with its own line number taken out: ours is the one that counts.
std::string json_fault(const Json::exception& error) {
  std::string message = error.what();
  const size_t bracket = message.find("] ");
  if (bracket != std::string::npos) message.erase(0, bracket + 2);
  constexpr size_t kLongestMessage = 300;  // it quotes what was read so far
  if (message.size() > kLongestMessage) message = message.substr(0, kLongestMessage) + "...";
  return message;
}

Json parse_line(const DataSource& source, size_t number, std::string_view line) {
  try {
    Json row = Json::parse(line.begin(), line.end());
    if (!row.is_object()) fail_at(source, number, "a JSON object is needed on each line");
    return row;
  } catch (const Json::exception& error) {
    fail_at(source, number, "not valid JSON: " + json_fault(error));
  }
}

void read_jsonl(const DataSource& source, const RowHandler& handle) {
  TextLines lines(source.text);
  std::string_view line;
  while (lines.next(&line)) {
    if (!is_blank(line)) handle(parse_line(source, lines.number(), line), lines.number());
  }
}

void read_json_array(const DataSource& source, const RowHandler& handle) {
  const Json document = parse_json(source.text, source.path.string());
  const Json* rows = &document;
  if (document.is_object() && document.contains("data")) rows = &document.at("data");
  if (!rows->is_array()) {
    fail_in(source, "an array of objects is needed, at the top or under \"data\"");
  }
  size_t number = 0;
  for (const Json& row : *rows) {
    ++number;
    if (!row.is_object()) fail_at(source, number, "this element of the array is not an object");
    handle(row, number);
  }
}

const Json* find_column(const Json& row, const std::string& name) {
  if (const auto found = row.find(name); found != row.end()) return &*found;
  const std::string lower = ascii_lower(name);
  for (const auto& [key, value] : row.items()) {
    if (ascii_lower(key) == lower) return &value;
  }
  return nullptr;
}

}  // namespace

void for_each_row(const DataSource& source, const RowHandler& handle) {
  switch (source.format) {
    case DatasetFormat::tsv:
      return read_tsv(source, handle);
    case DatasetFormat::csv:
      return read_csv(source, handle);
    case DatasetFormat::jsonl:
      return read_jsonl(source, handle);
    case DatasetFormat::json_array:
      return read_json_array(source, handle);
    default:
      fail_in(source,
              fmt::format("is in {} form, which does not fit this task; if that is a wrong guess, "
                          "name the format",
                          to_string(source.format)));
  }
}

const Json& find_cell(const DataSource& source, size_t line, const Json& row,
                      const std::string& wanted, const std::vector<std::string>& candidates,
                      std::string_view what, std::string_view option) {
  if (!wanted.empty()) {
    if (const Json* cell = find_column(row, wanted)) return *cell;
  } else {
    for (const std::string& name : candidates) {
      if (const Json* cell = find_column(row, name)) return *cell;
    }
  }
  std::string columns;
  for (const auto& [key, value] : row.items()) {
    columns += (columns.empty() ? "" : ", ") + key;
  }
  std::string message = wanted.empty() ? fmt::format("no column for the {}", what)
                                       : fmt::format("no column '{}' for the {}", wanted, what);
  message += fmt::format("; the columns are: {}", columns);
  if (!option.empty()) message += fmt::format(" (name one with {})", option);
  fail_at(source, line, message);
}

const std::string& nonblank_text(const DataSource& source, size_t line, const Json& cell,
                                 std::string_view what) {
  if (!cell.is_string()) fail_at(source, line, fmt::format("the {} is not a string", what));
  const auto& text = cell.get_ref<const std::string&>();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fail_at(source, line, fmt::format("the {} is empty", what));
  }
  return text;
}

}  // namespace jnlp
