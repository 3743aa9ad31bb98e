#include "evaluate/random.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace jnlp {

uint64_t draw_below(std::mt19937_64& engine, uint64_t bound) {
  constexpr uint64_t kGreatest = std::numeric_limits<uint64_t>::max();
  const uint64_t beyond = kGreatest - kGreatest % bound;
  uint64_t draw = engine();
  while (draw >= beyond) draw = engine();
  return draw % bound;
}

std::vector<size_t> choose_subset(size_t total, size_t wanted, uint64_t seed) {
  std::vector<size_t> numbers(total);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  if (wanted >= total) return numbers;
  std::mt19937_64 engine(seed);
  for (size_t i = 0; i < wanted; ++i) {
    std::swap(numbers[i], numbers[i + draw_below(engine, total - i)]);
  }
  numbers.resize(wanted);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<size_t> choose_subset(size_t total, const EvaluateOptions& options) {
  const size_t wanted = options.samples > 0 ? static_cast<size_t>(options.samples) : total;
  return choose_subset(total, wanted, options.seed);
}

}  // namespace jnlp
