#include "backends/text_stream.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"

namespace jnlp {
namespace {

std::optional<size_t> first_stop(std::string_view text, const std::vector<std::string>& stops) {
  size_t first = std::string_view::npos;
  for (const std::string& stop : stops) first = std::min(first, text.find(stop));
  if (first == std::string_view::npos) return std::nullopt;
  return first;
}

// Where the longest tail begins that some stop string begins with; the text's size for none.
size_t begin_of_possible_stop(std::string_view text, const std::vector<std::string>& stops) {
  size_t begin = text.size();
  for (const std::string& stop : stops) {
    for (size_t length = std::min(stop.size() - 1, text.size()); length > 0; --length) {
      if (!text.ends_with(std::string_view(stop).substr(0, length))) continue;
      begin = std::min(begin, text.size() - length);
      break;
    }
  }
  return begin;
}

// Where a last character begins of which bytes are still to come; the text's size for none.
size_t begin_of_cut_character(std::string_view text) {
  constexpr size_t kLongest = 4;
  for (size_t length = 1; length <= std::min(kLongest - 1, text.size()); ++length) {
    const auto byte = static_cast<unsigned char>(text[text.size() - length]);
    if ((byte & 0xC0U) == 0x80U) continue;  // not the first byte of a character
    const size_t needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
    return needed > length && byte <= 0xF4 ? text.size() - length : text.size();
  }
  return text.size();
}

}  // namespace

std::string TextStream::push(std::string_view bytes) {
  if (stopped_) return "";
  held_ += bytes;
  if (const auto stop = first_stop(held_, stop_)) {
    stopped_ = true;
    std::string piece = release(*stop);
    held_.clear();
    return piece;
  }
  return release(std::min(begin_of_possible_stop(held_, stop_), begin_of_cut_character(held_)));
}

std::string TextStream::finish() {
  return release(held_.size());
}

std::string TextStream::release(size_t bytes) {
  std::string piece = replace_invalid_utf8(std::string_view(held_).substr(0, bytes));
  held_.erase(0, bytes);
  text_ += piece;
  return piece;
}

}  // namespace jnlp
