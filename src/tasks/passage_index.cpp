#include "tasks/passage_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace jnlp {
namespace {

bool is_better(const PassageMatch& a, const PassageMatch& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.passage < b.passage;
}

}  // namespace

PassageIndex::PassageIndex(int64_t dimension) : dimension_(static_cast<size_t>(dimension)) {
  if (dimension < 1) throw Error(ErrorCode::invalid_input, "embeddings need a dimension");
}

// In double, so that a row's length does not depend on the order of the sum by much; a vector of
// zeros stays as it is and is like nothing.
std::vector<float> PassageIndex::unit_vector(std::span<const float> embedding) const {
  if (embedding.size() != dimension_) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("an embedding of {} numbers among those of {}", embedding.size(), dimension_));
  }
  double sum = 0;
  for (const float value : embedding) sum += static_cast<double>(value) * value;
  if (!std::isfinite(sum)) {
    throw Error(ErrorCode::invalid_input, "an embedding holds a value that is no number");
  }
  const double scale = sum > 0 ? 1 / std::sqrt(sum) : 0;
  std::vector<float> unit(embedding.size());
  for (size_t i = 0; i < unit.size(); ++i) unit[i] = static_cast<float>(embedding[i] * scale);
  return unit;
}

void PassageIndex::add(std::span<const float> whole, std::span<const std::vector<float>> parts) {
  std::vector<float> rows = unit_vector(whole);
  for (const std::vector<float>& part : parts) {
    const std::vector<float> row = unit_vector(part);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  ends_.push_back(rows_.size() / dimension_);
}

// Of the passage whose rows are [begin, end).
float PassageIndex::similarity(std::span<const float> unit, size_t begin, size_t end) const {
  const auto cosine = [&](size_t row) {
    const auto values = rows_.begin() + static_cast<std::ptrdiff_t>(row * dimension_);
    return std::inner_product(unit.begin(), unit.end(), values, 0.0F);
  };
  const float whole = cosine(begin);
  if (begin + 1 == end) return whole;
  float best = -1;
  for (size_t row = begin + 1; row < end; ++row) best = std::max(best, cosine(row));
  return (whole + best) / 2;
}

std::vector<PassageMatch> PassageIndex::nearest(std::span<const float> query, size_t count) const {
  const std::vector<float> unit = unit_vector(query);
  std::vector<PassageMatch> matches;
  size_t begin = 0;
  for (size_t i = 0; i < ends_.size(); ++i) {
    matches.push_back({i, similarity(unit, begin, ends_[i])});
    begin = ends_[i];
  }
  const auto end = matches.begin() + static_cast<std::ptrdiff_t>(std::min(count, matches.size()));
  std::partial_sort(matches.begin(), end, matches.end(), is_better);
  matches.erase(end, matches.end());
  return matches;
}

}  // namespace jnlp
