#include "evaluate/datasets/source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "evaluate/datasets/detect.h"
#include "formats/gzip.h"

namespace jnlp {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

size_t line_of(std::string_view text, size_t position) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + position, '\n'));
}

void check_utf8(const DataSource& source) {
  if (is_valid_utf8(source.text)) return;
  TextLines lines(source.text);
  std::string_view line;
  while (lines.next(&line)) {
    if (is_valid_utf8(line)) continue;
    fail_at(source, lines.number(),
            "not valid UTF-8; if the file is in Latin-1, convert it with "
            "'iconv -f ISO-8859-1 -t UTF-8'");
  }
}

}  // namespace

DataSource open_source(const std::filesystem::path& path, DatasetFormat format) {
  DataSource source{path, read_maybe_gzip(path), format};
  if (source.text.starts_with(kByteOrderMark)) source.text.erase(0, kByteOrderMark.size());
  if (source.text.empty()) fail_in(source, "the file is empty");
  if (source.text.starts_with("PAR1")) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{} is a Parquet file, which is not read; convert it to JSON lines, for "
                    "example with Dataset.to_json() of the 'datasets' package",
                    path.string()));
  }
  const size_t nul = source.text.find('\0');
  if (nul != std::string::npos) {
    fail_at(source, line_of(source.text, nul),
            "holds a NUL byte; this is not UTF-8 text (UTF-16, or a binary file?)");
  }
  check_utf8(source);
  if (format == DatasetFormat::automatic) source.format = detect_format(path, source.text);
  return source;
}

void fail_at(const DataSource& source, size_t line, std::string_view message) {
  throw Error(ErrorCode::invalid_input,
              fmt::format("{}:{}: {}", source.path.string(), line, message));
}

void fail_in(const DataSource& source, std::string_view message) {
  throw Error(ErrorCode::invalid_input, fmt::format("{}: {}", source.path.string(), message));
}

bool TextLines::next(std::string_view* line) {
  if (rest_.empty()) return false;
  const size_t end = rest_.find('\n');
  *line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (line->ends_with('\r')) line->remove_suffix(1);
  ++number_;
  return true;
}

std::vector<std::string_view> split_tabs(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const size_t tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

std::vector<std::string_view> split_blanks(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace jnlp
