#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "evaluate/datasets/dataset.h"

namespace jnlp {

/// The text of a data file: unpacked, checked, and without a byte order mark.
struct DataSource {
  std::filesystem::path path;
  std::string text;  ///< valid UTF-8, no NUL bytes
  DatasetFormat format = DatasetFormat::automatic;
};

/// Reads `path` (gzip or plain) and finds its format unless `format` says it.
/// @throws Error not_found, io, or invalid_input with the line at fault.
DataSource open_source(const std::filesystem::path& path, DatasetFormat format);

/// Throws Error invalid_input "<file>:<line>: <message>".
[[noreturn]] void fail_at(const DataSource& source, size_t line, std::string_view message);
/// Throws Error invalid_input "<file>: <message>".
[[noreturn]] void fail_in(const DataSource& source, std::string_view message);

/// Goes through the lines of a text; "\n" and "\r\n" both end one.
class TextLines {
 public:
  explicit TextLines(std::string_view text) : rest_(text) {}
  /// False at the end of the text; the last line needs no line end.
  bool next(std::string_view* line);
  /// Number of the line that next() gave last, from 1.
  size_t number() const { return number_; }

 private:
  std::string_view rest_;
  size_t number_ = 0;
};

/// The cells of one line, parted at tabs.
std::vector<std::string_view> split_tabs(std::string_view line);
/// The words of one line, parted at runs of spaces and tabs.
std::vector<std::string_view> split_blanks(std::string_view line);
/// ASCII lower case.
std::string ascii_lower(std::string_view text);

}  // namespace jnlp
