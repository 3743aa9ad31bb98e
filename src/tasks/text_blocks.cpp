#include "tasks/text_blocks.h"

#include <algorithm>
#include <utility>

namespace jnlp {
namespace {

constexpr std::string_view kLineBlank = " \t\r\f\v";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kLineBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kLineBlank) - begin + 1);
}

// CommonMark: up to three spaces, one to six '#', a space. The level, or 0.
size_t heading_level(std::string_view line) {
  const size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos || begin > 3) return 0;
  const size_t end = std::min(line.find_first_not_of('#', begin), line.size());
  const size_t level = end - begin;
  const bool parted = end == line.size() || kLineBlank.find(line[end]) != std::string_view::npos;
  constexpr size_t kDeepest = 6;
  return level >= 1 && level <= kDeepest && parted ? level : 0;
}

// The words of a heading, without the '#' around them.
std::string heading_text(std::string_view line) {
  std::string_view text = trimmed(line);
  text.remove_prefix(std::min(text.find_first_not_of('#'), text.size()));
  text = trimmed(text);
  const size_t last = text.find_last_not_of('#');
  const bool closed = last != std::string_view::npos && last + 1 < text.size() &&
                      kLineBlank.find(text[last]) != std::string_view::npos;
  return std::string(closed ? trimmed(text.substr(0, last)) : text);
}

// A line of '=' (level 1) or '-' (level 2) under a line makes that a heading.
size_t underline_level(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.empty()) return 0;
  if (text.find_first_not_of('=') == std::string_view::npos) return 1;
  return text.find_first_not_of('-') == std::string_view::npos ? 2 : 0;
}

// The run of '`' or '~' that opens or closes fenced code, or nothing.
std::string_view fence_of(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.empty() || (text[0] != '`' && text[0] != '~')) return {};
  const std::string_view run = text.substr(0, text.find_first_not_of(text[0]));
  constexpr size_t kShortest = 3;
  return run.size() >= kShortest ? run : std::string_view();
}

class BlockSplitter {
 public:
  BlockSplitter(std::string_view document, bool markdown)
      : document_(document), markdown_(markdown) {}

  std::vector<TextBlock> run() {
    for (size_t begin = 0; begin < document_.size();) {
      const size_t end = std::min(document_.find('\n', begin), document_.size());
      take_line(begin, end);
      begin = end + 1;
    }
    close();
    return std::move(blocks_);
  }

 private:
  void take_line(size_t begin, size_t end) {
    const std::string_view line = document_.substr(begin, end - begin);
    if (inside_fence(line)) return extend(begin, end);
    if (trimmed(line).empty()) return close();
    if (markdown_) {
      if (const size_t level = heading_level(line); level > 0) {
        close();
        return add_heading(level, heading_text(line));
      }
      if (const size_t level = underline_level(line); level > 0 && lines_ == 1) {
        const std::string text(trimmed(document_.substr(begin_, end_ - begin_)));
        lines_ = 0;
        return add_heading(level, text);
      }
    }
    extend(begin, end);
  }

  // Also true for the lines that open and close fenced code.
  bool inside_fence(std::string_view line) {
    if (!markdown_) return false;
    const std::string_view run = fence_of(line);
    if (fence_.empty()) {
      fence_ = run;
      return !run.empty();
    }
    const bool closes =
        !run.empty() && run[0] == fence_[0] && run.size() >= fence_.size() && trimmed(line) == run;
    if (closes) fence_ = {};
    return true;
  }

  void extend(size_t begin, size_t end) {
    if (lines_++ == 0) begin_ = begin;
    while (end > begin && kLineBlank.find(document_[end - 1]) != std::string_view::npos) --end;
    end_ = std::max(end, begin_);
  }

  void close() {
    if (lines_ > 0) {
      std::vector<std::string> headings;
      for (const auto& [level, text] : headings_) headings.push_back(text);
      const TextSpan span{static_cast<uint32_t>(begin_), static_cast<uint32_t>(end_)};
      blocks_.push_back({span, section_, std::move(headings)});
    }
    lines_ = 0;
  }

  void add_heading(size_t level, std::string text) {
    while (!headings_.empty() && headings_.back().first >= level) headings_.pop_back();
    if (!text.empty()) headings_.emplace_back(level, std::move(text));
    ++section_;
  }

  std::string_view document_;
  bool markdown_;
  std::vector<TextBlock> blocks_;
  std::vector<std::pair<size_t, std::string>> headings_;
  std::string_view fence_;
  size_t section_ = 0;
  size_t lines_ = 0;  // of the open block
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace

std::vector<TextBlock> split_blocks(std::string_view document, bool markdown) {
  return BlockSplitter(document, markdown).run();
}

}  // namespace jnlp
