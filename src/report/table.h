#pragma once

#include <string>
#include <vector>

namespace jnlp {

/// A table for eyes: columns as wide as their widest cell, two spaces between, no lines.
class TextTable {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Cells that are left out at the end stay empty.
  void add_row(std::vector<std::string> cells);
  /// A row whose last cell runs over all columns from there on and widens none.
  void add_note(std::vector<std::string> cells);

  /// Each line ends with a line feed; no line ends with blanks.
  std::string to_string() const;
  /// The same as a table of Markdown (GitHub's): notes are rows with empty cells at the end.
  std::string to_markdown() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool is_note = false;
  };

  std::string render(const Row& row, const std::vector<size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace jnlp
