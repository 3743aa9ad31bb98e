#include "tasks/passage_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

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

void PassageIndex::add(size_t passage, std::span<const float> embedding) {
  const std::vector<float> row = unit_vector(embedding);
  rows_.insert(rows_.end(), row.begin(), row.end());
  passages_.push_back(passage);
}

std::vector<PassageMatch> PassageIndex::nearest(std::span<const float> query, size_t count) const {
  const std::vector<float> unit = unit_vector(query);
  std::unordered_map<size_t, float> best;  // of each passage
  for (size_t i = 0; i < passages_.size(); ++i) {
    const auto row = rows_.begin() + static_cast<std::ptrdiff_t>(i * dimension_);
    const float similarity = std::inner_product(unit.begin(), unit.end(), row, 0.0F);
    const auto [place, added] = best.emplace(passages_[i], similarity);
    if (!added) place->second = std::max(place->second, similarity);
  }
  std::vector<PassageMatch> matches;
  for (const auto& [passage, similarity] : best) matches.push_back({passage, similarity});
  const auto end = matches.begin() + static_cast<std::ptrdiff_t>(std::min(count, matches.size()));
  std::partial_sort(matches.begin(), end, matches.end(), is_better);
  matches.erase(end, matches.end());
  return matches;
}

}  // namespace jnlp
