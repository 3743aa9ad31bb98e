#include "tasks/text_windows.h"

#include <algorithm>
#include <limits>

namespace jnlp {
namespace {

// Where a window's part of the text lies: in its encoding and among all tokens of the text.
struct Part {
  size_t first_position = 0;
  int64_t first_place = 0;
  int64_t length = 0;

  bool contains(int64_t place) const {
    return place >= first_place && place < first_place + length;
  }
};

std::vector<Part> find_parts(std::span<const Encoding> windows, int64_t stride, int32_t sequence) {
  std::vector<Part> parts;
  int64_t place = 0;
  for (const Encoding& window : windows) {
    const auto& ids = window.sequence_ids;
    const auto first = std::find(ids.begin(), ids.end(), sequence);
    Part part{.first_position = static_cast<size_t>(first - ids.begin()),
              .first_place = place,
              .length = std::count(first, ids.end(), sequence)};
    place += std::max<int64_t>(part.length - stride, 0);
    parts.push_back(part);
  }
  return parts;
}

// Tokens between the place and the nearest edge that cuts the text.
int64_t context_of(const std::vector<Part>& parts, size_t window, int64_t place) {
  constexpr int64_t kNoEdge = std::numeric_limits<int64_t>::max();
  const Part& part = parts[window];
  const int64_t left = window == 0 ? kNoEdge : place - part.first_place;
  const int64_t right =
      window + 1 == parts.size() ? kNoEdge : part.first_place + part.length - 1 - place;
  return std::min(left, right);
}

// Where the window's part of the text begins in it.
uint32_t begin_of(const Encoding& window, int32_t sequence) {
  const auto& ids = window.sequence_ids;
  const auto first = std::find(ids.begin(), ids.end(), sequence);
  return first == ids.end() ? 0 : window.offsets[static_cast<size_t>(first - ids.begin())].begin;
}

}  // namespace

void put_in_text_order(int32_t sequence, std::vector<Encoding>* windows) {
  if (windows->empty()) return;
  if (begin_of(windows->front(), sequence) > begin_of(windows->back(), sequence)) {
    std::reverse(windows->begin(), windows->end());
  }
}

std::vector<WindowShare> divide_by_context(std::span<const Encoding> windows, int64_t stride,
                                           int32_t sequence) {
  const std::vector<Part> parts = find_parts(windows, stride, sequence);
  std::vector<WindowShare> shares(parts.size());
  if (parts.empty()) return shares;
  const int64_t total = parts.back().first_place + parts.back().length;
  size_t first_window = 0;
  for (int64_t place = 0; place < total; ++place) {
    while (!parts[first_window].contains(place)) ++first_window;
    size_t best = first_window;
    for (size_t w = first_window + 1; w < parts.size() && parts[w].contains(place); ++w) {
      if (context_of(parts, w, place) > context_of(parts, best, place)) best = w;
    }
    // The best window never goes back as the place goes on, so that its tokens are one run.
    WindowShare& share = shares[best];
    if (share.begin == share.end) {
      const auto in_part = static_cast<size_t>(place - parts[best].first_place);
      share.begin = share.end = parts[best].first_position + in_part;
      share.place = place;
    }
    ++share.end;
  }
  return shares;
}

}  // namespace jnlp
