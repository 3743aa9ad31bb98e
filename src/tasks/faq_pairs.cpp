#include "tasks/faq_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/csv.h"
#include "base/error.h"
#include "base/json.h"

namespace jnlp {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";

using Cells = std::map<std::string, std::string>;  // by column name in lower case

[[noreturn]] void fail_at(const std::string& name, size_t line, std::string_view message) {
  throw Error(ErrorCode::invalid_input, fmt::format("{}:{}: {}", name, line, message));
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string take_cell(const Cells& cells, const std::string& name, size_t line,
                      const std::string& column, const std::string& short_name) {
  auto cell = cells.find(column);
  if (cell == cells.end()) cell = cells.find(short_name);
  if (cell == cells.end()) {
    fail_at(name, line, fmt::format("no field \"{}\" or \"{}\"", column, short_name));
  }
  const size_t begin = cell->second.find_first_not_of(kBlank);
  if (begin == std::string::npos) fail_at(name, line, fmt::format("the {} is empty", column));
  return cell->second.substr(begin, cell->second.find_last_not_of(kBlank) - begin + 1);
}

FaqPair pair_of(const Cells& cells, const std::string& name, size_t line) {
  FaqPair pair;
  pair.line = line;
  pair.question = take_cell(cells, name, line, "question", "q");
  pair.answer = take_cell(cells, name, line, "answer", "a");
  if (const auto id = cells.find("id"); id != cells.end()) pair.id = id->second;
  return pair;
}

// Fields that are no strings have no place in a pair, but for numbers as ids.
Cells cells_of(const Json& row) {
  Cells cells;
  for (const auto& [key, value] : row.items()) {
    if (value.is_string()) {
      cells[lower(key)] = value.get<std::string>();
    } else if (value.is_number_integer() && lower(key) == "id") {
      cells["id"] = value.dump();
    }
  }
  return cells;
}

}  // namespace

std::vector<FaqPair> read_jsonl_pairs(std::string_view text, const std::string& name) {
  std::vector<FaqPair> pairs;
  size_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view row = text.substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (row.find_first_not_of(kBlank) == std::string_view::npos) continue;
    const Json object = parse_json(row, fmt::format("{}:{}", name, line));
    if (!object.is_object()) fail_at(name, line, "a JSON object is needed on each line");
    pairs.push_back(pair_of(cells_of(object), name, line));
  }
  return pairs;
}

std::vector<FaqPair> read_csv_pairs(std::string_view text, const std::string& name) {
  std::vector<FaqPair> pairs;
  CsvReader reader(text, name);
  std::vector<std::string> header;
  std::vector<std::string> row;
  reader.next(&header);
  while (reader.next(&row)) {
    if (row.size() != header.size()) {
      fail_at(name, reader.line(),
              fmt::format("{} cells, but the header has {}", row.size(), header.size()));
    }
    Cells cells;
    for (size_t i = 0; i < row.size(); ++i) cells[lower(header[i])] = std::move(row[i]);
    pairs.push_back(pair_of(cells, name, reader.line()));
  }
  return pairs;
}

}  // namespace jnlp
