#include "report/table.h"

#include <algorithm>

#include "base/utf8.h"

namespace jnlp {

void TextTable::add_row(std::vector<std::string> cells) {
  rows_.push_back({std::move(cells), false});
}

void TextTable::add_note(std::vector<std::string> cells) {
  rows_.push_back({std::move(cells), true});
}

std::string TextTable::render(const Row& row, const std::vector<size_t>& widths) const {
  std::string line;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const std::string& cell = row.cells[i];
    const bool free = row.is_note && i + 1 == row.cells.size();
    const size_t width = count_code_points(cell);
    const std::string padding(free || widths[i] < width ? 0 : widths[i] - width, ' ');
    if (i > 0) line += "  ";
    line += columns_[i].align == Align::right && !free ? padding + cell : cell + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string TextTable::to_string() const {
  std::vector<size_t> widths;
  Row titles;
  for (const Column& column : columns_) {
    titles.cells.push_back(column.title);
    widths.push_back(count_code_points(column.title));
  }
  for (const Row& row : rows_) {
    const size_t bound = row.is_note ? row.cells.size() - 1 : row.cells.size();
    for (size_t i = 0; i < bound; ++i) {
      widths[i] = std::max(widths[i], count_code_points(row.cells[i]));
    }
  }
  std::string text = render(titles, widths);
  for (const Row& row : rows_) text += render(row, widths);
  return text;
}

std::string TextTable::to_markdown() const {
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (size_t i = 0; i < columns_.size(); ++i) {
      text += ' ';
      for (const char c : i < cells.size() ? cells[i] : std::string()) {
        if (c == '|') text += '\\';  // else the cell would end here
        text += c;
      }
      text += " |";
    }
    return text + '\n';
  };
  std::vector<std::string> titles;
  std::string rule = "|";
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    rule += column.align == Align::right ? "---:|" : "---|";
  }
  std::string text = line(titles) + rule + '\n';
  for (const Row& row : rows_) text += line(row.cells);
  return text;
}

}  // namespace jnlp
