#include "generate/top_k.h"

#include <algorithm>
#include <limits>

namespace jnlp {
namespace {

// Few of a vocabulary's scores come near the top, so blocks are first looked at as a whole: a loop
// without a branch, which the compiler makes vectors of.
constexpr size_t kBlock = 64;

bool any_above(const float* scores, float least) {
  int above = 0;
  for (size_t i = 0; i < kBlock; ++i) above |= scores[i] > least ? 1 : 0;
  return above != 0;
}

}  // namespace

std::vector<Candidate> top_k(std::span<const float> scores, int64_t count) {
  const auto wanted = static_cast<size_t>(count);
  std::vector<Candidate> best;
  best.reserve(wanted + 1);
  float least = -std::numeric_limits<float>::infinity();
  const auto look_at = [&](size_t i) {
    if (!(scores[i] > least)) return;
    // Behind its equals: they have lower tokens.
    const auto place =
        std::upper_bound(best.begin(), best.end(), scores[i],
                         [](float score, const Candidate& other) { return score > other.score; });
    best.insert(place, {scores[i], static_cast<int32_t>(i)});
    if (best.size() > wanted) best.pop_back();
    if (best.size() == wanted) least = best.back().score;
  };
  size_t i = 0;
  for (; i + kBlock <= scores.size(); i += kBlock) {
    if (!any_above(scores.data() + i, least)) continue;
    for (size_t j = i; j < i + kBlock; ++j) look_at(j);
  }
  for (; i < scores.size(); ++i) look_at(i);
  return best;
}

}  // namespace jnlp
