#pragma once

#include <cstdint>
#include <string>

namespace jnlp {

/// The greatest magnitude of a number that a range without a limit allows: 18 digits.
inline constexpr int64_t kGreatestNumber = 999'999'999'999'999'999;

/// What matches the integers from `least` to `greatest`, which must not be less; both at most
/// kGreatestNumber from 0. Without zeros in front.
std::string integer_range(int64_t least, int64_t greatest);

/// The same for decimal fractions, limits included.
std::string decimal_range(int64_t least, int64_t greatest);

}  // namespace jnlp
