#include "ops/half_types.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace jnlp {
namespace {

constexpr uint32_t kInfinity = 0x7F800000U;

// Drops the lower bits of a magnitude; a carry goes on into the exponent, as it should.
uint32_t round_off(uint32_t magnitude, int bits) {
  const uint32_t half = (1U << (bits - 1)) - 1;
  return (magnitude + half + ((magnitude >> bits) & 1)) >> bits;
}

}  // namespace

uint16_t to_f16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = (bits >> 16) & 0x8000U;
  const uint32_t magnitude = bits & 0x7FFFFFFFU;
  uint32_t half = 0;
  if (magnitude > kInfinity) {
    half = 0x7E00U;
  } else if (magnitude == kInfinity) {
    half = 0x7C00U;
  } else if (magnitude < 0x38800000U) {
    // Below 2^-14 a half counts units of 2^-24.
    half = static_cast<uint32_t>(std::nearbyint(std::abs(value) * 0x1p24F));
  } else {
    // The exponent's bias shrinks from 127 to 15.
    half = std::min(round_off(magnitude - (112U << 23), 13), 0x7BFFU);
  }
  return static_cast<uint16_t>(sign | half);
}

uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFFFFFFU) > kInfinity) return static_cast<uint16_t>((bits >> 16) | 0x40U);
  return static_cast<uint16_t>(round_off(bits, 16));
}

}  // namespace jnlp
