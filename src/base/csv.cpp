#include "base/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace jnlp {

bool CsvReader::next(std::vector<std::string>* cells) {
  skip_blank_lines();
  if (position_ >= text_.size()) return false;
  cells->clear();
  record_line_ = line_;
  for (;;) {
    cells->push_back(read_cell());
    if (position_ >= text_.size()) return true;
    const char separator = text_[position_++];
    if (separator == ',') continue;
    if (separator == '\r' && position_ < text_.size() && text_[position_] == '\n') ++position_;
    ++line_;
    return true;
  }
}

void CsvReader::skip_blank_lines() {
  while (position_ < text_.size() && (text_[position_] == '\n' || text_[position_] == '\r')) {
    if (text_[position_] == '\n') ++line_;
    ++position_;
  }
}

std::string CsvReader::read_cell() {
  if (position_ < text_.size() && text_[position_] == '"') return read_quoted();
  const size_t end = std::min(text_.find_first_of(",\r\n", position_), text_.size());
  std::string cell(text_.substr(position_, end - position_));
  position_ = end;
  return cell;
}

std::string CsvReader::read_quoted() {
  const size_t opened_on = line_;
  std::string cell;
  ++position_;
  for (;;) {
    const size_t quote = text_.find('"', position_);
    if (quote == std::string_view::npos) {
      fail_at(opened_on, "the quote that opens on this line is never closed");
    }
    const std::string_view part = text_.substr(position_, quote - position_);
    line_ += static_cast<size_t>(std::count(part.begin(), part.end(), '\n'));
    cell += part;
    position_ = quote + 1;
    if (position_ >= text_.size() || text_[position_] != '"') break;
    cell += '"';
    ++position_;
  }
  if (position_ < text_.size() && text_.find_first_of(",\r\n", position_) != position_) {
    fail_at(line_, "text behind a closing quote; a quote inside a quoted cell must be doubled");
  }
  return cell;
}

void CsvReader::fail_at(size_t line, std::string_view message) const {
  throw Error(ErrorCode::invalid_input, fmt::format("{}:{}: {}", name_, line, message));
}

}  // namespace jnlp
