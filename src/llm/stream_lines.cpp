#include "llm/stream_lines.h"

#include "base/error.h"

namespace jnlp {
namespace {

constexpr size_t kMaxBytes = size_t{16} << 20;  // a piece of an answer is far smaller

void check_size(size_t bytes) {
  if (bytes <= kMaxBytes) return;
  throw Error(ErrorCode::io, "the server sent a line of more than 16 MiB");
}

}  // namespace

void LineSplitter::push(std::string_view bytes) {
  size_t end = 0;
  while ((end = bytes.find('\n')) != std::string_view::npos) {
    if (rest_.empty()) {
      give(bytes.substr(0, end));
    } else {
      check_size(rest_.size() + end);
      rest_ += bytes.substr(0, end);
      // Moved out first, so that a line is not given again when `on_line` throws.
      const std::string line = std::move(rest_);
      rest_.clear();
      give(line);
    }
    bytes.remove_prefix(end + 1);
  }
  check_size(rest_.size() + bytes.size());
  rest_ += bytes;
}

void LineSplitter::finish() {
  const std::string line = std::move(rest_);
  rest_.clear();
  if (!line.empty()) give(line);
}

void LineSplitter::give(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  on_line_(line);
}

EventReader::EventReader(LineSplitter::OnLine on_data)
    : on_data_(std::move(on_data)), lines_([this](std::string_view line) { take_line(line); }) {}

void EventReader::take_line(std::string_view line) {
  if (line.empty()) {
    if (!has_data_) return;
    const std::string data = std::move(data_);
    data_.clear();
    has_data_ = false;
    on_data_(data);
    return;
  }
  const size_t colon = line.find(':');  // at 0: a comment, which has the name ""
  if (line.substr(0, colon) != "data") return;
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  check_size(data_.size() + value.size());
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

}  // namespace jnlp
