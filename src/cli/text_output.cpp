#include "cli/text_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/error.h"

namespace jnlp {
namespace {

bool colour_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

bool is_blank_or_control(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x2028 || c == 0x2029;
}

}  // namespace

void write_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    throw Error(ErrorCode::io, "cannot write standard output");
  }
}

void flush_output() {
  if (std::fflush(stdout) != 0) throw Error(ErrorCode::io, "cannot write standard output");
}

std::string coloured(std::string_view text, Colour colour) {
  static const bool wanted = colour_wanted();
  if (!wanted) return std::string(text);
  constexpr std::array kCodes = {"31", "32", "33", "34", "35", "36", "2"};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<size_t>(colour)], text);
}

std::string preview(std::string_view text, size_t code_points) {
  std::string line;
  size_t count = 0;
  for (size_t position = 0; position < text.size();) {
    const char32_t c = decode_utf8(text, &position);
    const bool blank = is_blank_or_control(c);
    if (blank && (line.empty() || line.back() == ' ')) continue;
    if (count++ == code_points) return line + "...";
    append_utf8(blank ? U' ' : c, &line);
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

OrderedJson with_input_fields(OrderedJson fields, OrderedJson result) {
  OrderedJson merged = OrderedJson::object();
  for (auto& [name, value] : fields.items()) {
    merged[result.contains(name) ? "input_" + name : name] = std::move(value);
  }
  for (auto& [name, value] : result.items()) merged[name] = std::move(value);
  return merged;
}

OffsetWriter::OffsetWriter(std::string_view text, bool bytes)
    : bytes_(bytes), index_(bytes ? std::string_view() : text) {}

size_t OffsetWriter::translate(size_t offset) const {
  return bytes_ ? offset : index_.code_point_offset(offset);
}

}  // namespace jnlp
