#include "models/relative_position.h"

#include <algorithm>
#include <cmath>

namespace jnlp {

int64_t RelativeBuckets::of(int64_t distance) const {
  const int64_t side = bidirectional ? count / 2 : count;
  const int64_t exact = side / 2;
  const int64_t begin = bidirectional && distance > 0 ? side : 0;
  const int64_t reach = bidirectional ? std::abs(distance) : std::max<int64_t>(0, -distance);
  if (reach < exact) return begin + reach;
  // In float and in this order, as transformers does it: near a bucket's edge it matters.
  const auto first = static_cast<float>(exact);
  const double range = static_cast<double>(max_distance) / static_cast<double>(exact);
  const float step = std::log(static_cast<float>(reach) / first) /
                     static_cast<float>(std::log(range)) * static_cast<float>(side - exact);
  return begin + std::min(side - 1, exact + static_cast<int64_t>(step));
}

void relative_bias(const RelativeBuckets& buckets, std::span<const float> table, int64_t first,
                   int64_t last, float* out) {
  const auto heads = static_cast<int64_t>(table.size()) / buckets.count;
  const int64_t columns = last - first + 1;
  for (int64_t distance = first; distance <= last; ++distance) {
    const int64_t row = buckets.of(distance) * heads;
    for (int64_t head = 0; head < heads; ++head) {
      out[head * columns + distance - first] = table[static_cast<size_t>(row + head)];
    }
  }
}

}  // namespace jnlp
