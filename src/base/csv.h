#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jnlp {

/// Reads records of comma-separated values (RFC 4180): a cell in double quotes may hold commas,
/// line ends and doubled quotes. Blank lines between records are passed over.
class CsvReader {
 public:
  /// `text` must outlive the reader; `name` is the file's, for messages.
  CsvReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  /// False at the end. @throws Error invalid_input with name and line of a quote that is never
  /// closed, or of text behind a closing quote.
  bool next(std::vector<std::string>* cells);
  /// Line on which the last record began, from 1.
  size_t line() const { return record_line_; }

 private:
  std::string read_cell();
  std::string read_quoted();
  void skip_blank_lines();
  [[noreturn]] void fail_at(size_t line, std::string_view message) const;

  std::string_view text_;
  std::string name_;
  size_t position_ = 0;
  size_t line_ = 1;
  size_t record_line_ = 1;
};

}  // namespace jnlp
