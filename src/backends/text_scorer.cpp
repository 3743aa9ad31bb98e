#include "backends/text_scorer.h"

#include <numeric>

namespace jnlp {

double TextScore::log_probability() const {
  return std::accumulate(log_probabilities.begin(), log_probabilities.end(), 0.0);
}

}  // namespace jnlp
