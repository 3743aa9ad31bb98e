#pragma once

#include <string>
#include <vector>

#include "evaluate/datasets/source.h"

namespace jnlp {

/// Reads records of comma-separated values (RFC 4180): a cell in double quotes may hold commas,
/// line ends and doubled quotes. Blank lines between records are passed over.
class CsvReader {
 public:
  /// `source` must outlive the reader.
  explicit CsvReader(const DataSource& source) : source_(source), text_(source.text) {}

  /// False at the end. @throws Error invalid_input with the line of a quote that is never closed,
  /// or of text behind a closing quote.
  bool next(std::vector<std::string>* cells);
  /// Line on which the last record began, from 1.
  size_t line() const { return record_line_; }

 private:
  std::string read_cell();
  std::string read_quoted();
  void skip_blank_lines();

  const DataSource& source_;
  std::string_view text_;
  size_t position_ = 0;
  size_t line_ = 1;
  size_t record_line_ = 1;
};

}  // namespace jnlp
