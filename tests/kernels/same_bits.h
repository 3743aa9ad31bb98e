#pragma once

#include <cstring>
#include <vector>

namespace jnlp::test {

/// Unlike ==, it tells 0 from -0 and finds a NaN equal to itself.
inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace jnlp::test
