#pragma once

namespace jnlp {

/// Range that holds the value with the stated probability.
struct Interval {
  double low = 0;
  double high = 0;
};

}  // namespace jnlp
