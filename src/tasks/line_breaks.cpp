#include "tasks/line_breaks.h"

#include <algorithm>

#include "tasks/text_chars.h"

namespace jnlp {
namespace {

bool is_line_end(char32_t c) {
  return c == U'\n' || c == U'\u2028' || c == U'\u2029';
}

}  // namespace

LineBreaks::LineBreaks(const std::vector<char32_t>& chars) : chars_(chars) {
  broken_to_fit_ = are_broken_to_fit();
}

bool LineBreaks::ends_sentence(size_t i) const {
  if (!is_line_end(chars_[i])) return false;
  size_t next = i + 1;
  while (next < chars_.size() && is_space(chars_[next])) {
    if (is_line_end(chars_[next])) return true;  // an empty line
    ++next;
  }
  if (next == chars_.size()) return true;
  return !broken_to_fit_ && !is_lower_letter(chars_[next]);
}

std::vector<LineBreaks::Line> LineBreaks::lines() const {
  std::vector<Line> lines;
  size_t begin = 0;
  for (size_t i = 0; i <= chars_.size(); ++i) {
    if (i < chars_.size() && !is_line_end(chars_[i])) continue;
    size_t end = i;
    while (end > begin && is_space(chars_[end - 1])) --end;
    lines.push_back({begin, end});
    begin = i + 1;
  }
  return lines;
}

size_t LineBreaks::first_word_length(const Line& line) const {
  size_t end = line.begin;
  while (end < line.end && !is_space(chars_[end])) ++end;
  return end - line.begin;
}

// Lines were broken to a width when nearly each is so long that the first word of the next would
// not have fitted. The longest of some lines that were not broken always looks so, hence "nearly
// each".
bool LineBreaks::are_broken_to_fit() const {
  constexpr size_t kNarrowest = 40;
  constexpr size_t kWidest = 120;
  constexpr double kNearlyAll = 0.8;
  const std::vector<Line> all = lines();
  size_t longest = 0;
  for (const Line& line : all) longest = std::max(longest, line.end - line.begin);
  if (longest < kNarrowest || longest > kWidest) return false;
  size_t full = 0;
  size_t continued = 0;
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    const size_t word = first_word_length(all[i + 1]);
    if (all[i].end == all[i].begin || word == 0) continue;  // beside an empty line
    ++continued;
    if (all[i].end - all[i].begin + 1 + word > longest) ++full;
  }
  constexpr size_t kFewest = 2;
  return full >= kFewest &&
         static_cast<double>(full) >= kNearlyAll * static_cast<double>(continued);
}

}  // namespace jnlp
