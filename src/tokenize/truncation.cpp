#include "tokenize/truncation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace jnlp::tok {
namespace {

std::vector<TokenWindow> windows(size_t length, size_t max_length,
                                 const TruncationRequest& request) {
  if (max_length >= length) return {{0, length, false}};
  if (max_length == 0) return {{0, 0, false}, {0, length, true}};
  if (request.stride >= max_length) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("the stride of {} tokens must be smaller than the {} tokens of text that "
                    "a window holds; use a smaller stride or a greater maximum length",
                    request.stride, max_length));
  }
  std::vector<TokenWindow> out;
  const size_t step = max_length - request.stride;
  if (request.direction == TruncationDirection::right) {
    for (size_t begin = 0;; begin += step) {
      const size_t end = std::min(begin + max_length, length);
      out.push_back({begin, end, begin > 0});
      if (end == length) break;
    }
  } else {
    for (size_t end = length;; end -= step) {
      const size_t begin = end > max_length ? end - max_length : 0;
      out.push_back({begin, end, end < length});
      if (begin == 0) break;
    }
  }
  return out;
}

// How many tokens stay of each text when the longer one loses tokens first.
std::pair<size_t, size_t> longest_first(size_t first, size_t second, size_t max_length) {
  size_t shorter = std::min(first, second);
  size_t longer = shorter > max_length ? shorter : std::max(shorter, max_length - shorter);
  if (shorter + longer > max_length) {
    shorter = max_length / 2;
    longer = shorter + max_length % 2;
  }
  return first > second ? std::pair{longer, shorter} : std::pair{shorter, longer};
}

size_t shortened(size_t length, size_t excess, const char* which) {
  if (length > excess) return length - excess;
  throw Error(ErrorCode::invalid_input,
              fmt::format("the {} text would have to lose {} tokens and has only {}; use a greater "
                          "maximum length or let the other text be cut",
                          which, excess, length));
}

}  // namespace

TruncationPlan plan_truncation(size_t first, size_t second, bool has_second,
                               const TruncationRequest& request) {
  size_t keep_first = first;
  size_t keep_second = second;
  const size_t total = first + second;
  TruncationPlan plan;
  plan.truncated = total > request.max_length;
  if (request.max_length == 0) {
    keep_first = keep_second = 0;
  } else if (plan.truncated) {
    const size_t excess = total - request.max_length;
    if (request.strategy == TruncationStrategy::only_first) {
      keep_first = shortened(first, excess, "first");
    } else if (request.strategy == TruncationStrategy::only_second) {
      if (!has_second) {
        throw Error(
            ErrorCode::invalid_input,
            "the text is too long, and only a second text was to be cut, which there is not");
      }
      keep_second = shortened(second, excess, "second");
    } else if (has_second) {
      std::tie(keep_first, keep_second) = longest_first(first, second, request.max_length);
    } else {
      keep_first = request.max_length;
    }
  }
  plan.first = windows(first, keep_first, request);
  if (has_second) plan.second = windows(second, keep_second, request);
  return plan;
}

}  // namespace jnlp::tok
