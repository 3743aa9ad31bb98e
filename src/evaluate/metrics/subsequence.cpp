#include "evaluate/metrics/subsequence.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace jnlp {
namespace {

constexpr size_t kBits = 64;

// A column of the table of lengths t[i][j] (i words of the reference, j of the candidate): bit i is
// 0 exactly when t[i + 1][j] is t[i][j] + 1. Hyyro (2004), "Bit-parallel LCS-length computation
// revisited": a column follows from the one before with one addition per 64 rows, where a plain
// table takes 64 comparisons.
using Column = std::vector<uint64_t>;

class ColumnMaker {
 public:
  explicit ColumnMaker(std::span<const uint32_t> reference)
      : words_((reference.size() + kBits - 1) / kBits), matches_(words_) {
    for (size_t i = 0; i < reference.size(); ++i) places_[reference[i]].push_back(i);
  }

  Column first() const { return Column(words_, ~uint64_t{0}); }

  // The column behind `column` for the candidate's next word.
  void advance(uint32_t word, Column* column) {
    const auto found = places_.find(word);
    if (found == places_.end()) return;  // nothing matches: no length changes
    for (const size_t place : found->second) matches_[place / kBits] |= bit(place);
    uint64_t carry = 0;
    for (size_t w = 0; w < words_; ++w) {
      const uint64_t value = (*column)[w];
      const uint64_t matching = value & matches_[w];
      const uint64_t sum = value + matching;
      const uint64_t total = sum + carry;
      carry = (sum < value || total < sum) ? 1 : 0;
      (*column)[w] = total | (value & ~matching);
    }
    for (const size_t place : found->second) matches_[place / kBits] = 0;
  }

  static uint64_t bit(size_t place) { return uint64_t{1} << (place % kBits); }

 private:
  size_t words_;
  Column matches_;  // of the word at hand; all 0 between calls
  std::unordered_map<uint32_t, std::vector<size_t>> places_;
};

bool rises(const Column& column, size_t place) {
  return (column[place / kBits] & ColumnMaker::bit(place)) == 0;
}

// All columns, of which only every so-manyth is kept; the ones between are made again when they are
// needed. So texts of 100,000 words take megabytes and not gigabytes.
class Columns {
 public:
  Columns(std::span<const uint32_t> reference, std::span<const uint32_t> candidate)
      : candidate_(candidate), maker_(reference) {
    step_ = static_cast<size_t>(std::sqrt(static_cast<double>(candidate.size()))) + 1;
    Column column = maker_.first();
    for (size_t j = 0; j < candidate.size(); ++j) {
      if (j % step_ == 0) kept_.push_back(column);
      maker_.advance(candidate[j], &column);
    }
    block_begin_ = candidate.size() + 1;  // no block yet
  }

  // The column behind `j` words of the candidate, j >= 1. Quick when j falls slowly.
  const Column& behind(size_t j) {
    const size_t begin = (j - 1) / step_ * step_;
    if (begin != block_begin_) make_block(begin);
    return block_[j - 1 - begin];
  }

 private:
  void make_block(size_t begin) {
    block_.clear();
    block_begin_ = begin;
    Column column = kept_[begin / step_];
    for (size_t j = begin; j < std::min(begin + step_, candidate_.size()); ++j) {
      maker_.advance(candidate_[j], &column);
      block_.push_back(column);
    }
  }

  std::span<const uint32_t> candidate_;
  ColumnMaker maker_;
  size_t step_ = 1;
  std::vector<Column> kept_;
  std::vector<Column> block_;
  size_t block_begin_ = 0;
};

}  // namespace

size_t common_subsequence_length(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  ColumnMaker maker(a);
  Column column = maker.first();
  for (const uint32_t word : b) maker.advance(word, &column);
  size_t length = 0;
  for (size_t place = 0; place < a.size(); ++place) length += rises(column, place) ? 1 : 0;
  return length;
}

std::vector<size_t> common_subsequence_places(std::span<const uint32_t> reference,
                                              std::span<const uint32_t> candidate) {
  Columns columns(reference, candidate);
  std::vector<size_t> places;
  size_t i = reference.size();
  size_t j = candidate.size();
  while (i > 0 && j > 0) {
    if (reference[i - 1] == candidate[j - 1]) {
      places.push_back(--i);
      --j;
    } else if (rises(columns.behind(j), i - 1)) {
      --j;
    } else {
      --i;
    }
  }
  std::reverse(places.begin(), places.end());
  return places;
}

}  // namespace jnlp
