#include "kernels/half_product.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace jnlp::test {
namespace {

std::vector<uint16_t> pack(const HalfProduct& p) {
  const int64_t depth = p.padded_depth();
  std::vector<uint16_t> panels(static_cast<size_t>(rounded_up(p.columns, kPanelColumns) * depth));
  for (int64_t j = 0; j < p.columns; ++j) {
    for (int64_t k = 0; k < p.depth; ++k) {
      const int64_t panel = j / kPanelColumns * kPanelColumns * depth;
      const int64_t column = j % kPanelColumns;
      const int64_t place =
          p.type == HalfType::f16 ? k * kPanelColumns + column : k / 2 * 32 + column * 2 + k % 2;
      panels[static_cast<size_t>(panel + place)] = p.weights[static_cast<size_t>(j * p.depth + k)];
    }
  }
  return panels;
}

}  // namespace

float from_f16(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const auto fraction = static_cast<float>(bits & 1023);
  float magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0F + fraction, exponent - 25);
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  }
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

float from_bf16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

int64_t rounded_up(int64_t n, int64_t step) {
  return (n + step - 1) / step * step;
}

float HalfProduct::weight(int64_t column, int64_t k) const {
  const uint16_t bits = weights[static_cast<size_t>(column * depth + k)];
  return type == HalfType::f16 ? from_f16(bits) : from_bf16(bits);
}

int64_t HalfProduct::padded_depth() const {
  return type == HalfType::f16 ? depth : rounded_up(depth, kBf16Depth);
}

HalfProduct make_half_product(HalfType type, int64_t rows, int64_t columns, int64_t depth) {
  std::mt19937 generator(static_cast<uint32_t>(rows * 10007 + columns * 101 + depth));
  std::normal_distribution<float> normal;
  HalfProduct p{type, rows, columns, depth, {}, {}, {}};
  for (int64_t i = 0; i < rows * depth; ++i) p.a.push_back(normal(generator));
  for (int64_t i = 0; i < columns * depth; ++i) {
    const auto bits = static_cast<uint32_t>(generator());
    p.weights.push_back(static_cast<uint16_t>(
        type == HalfType::f16 ? (bits & 0x83FFU) | (12 + bits / 65536 % 5) << 10
                              : (bits & 0x807FU) | (124 + bits / 65536 % 5) << 7));
  }
  for (int64_t j = 0; j < columns; ++j) p.bias.push_back(normal(generator));
  p.bias.resize(static_cast<size_t>(rounded_up(columns, kPanelColumns)));
  return p;
}

std::vector<float> by_kernel(const Kernels& kernels, const HalfProduct& p, int64_t c_stride,
                             Activation activation) {
  const std::vector<uint16_t> panels = pack(p);
  std::vector<float> c(static_cast<size_t>((p.rows + 1) * c_stride), -7.5F);
  if (p.type == HalfType::f16) {
    kernels.gemm_f16({p.rows, p.columns, p.depth, p.a.data(), p.depth, panels.data(), p.bias.data(),
                      c.data(), c_stride, activation});
    return c;
  }
  const int64_t depth = p.padded_depth();
  std::vector<float> a(static_cast<size_t>(p.rows * depth));  // room for either size
  for (int64_t i = 0; i < p.rows; ++i) {
    kernels.to_bf16(p.a.data() + i * p.depth, p.depth,
                    reinterpret_cast<char*>(a.data()) + i * depth * kernels.bf16_bytes);
  }
  kernels.gemm_bf16({p.rows, p.columns, depth, a.data(), depth, panels.data(), p.bias.data(),
                     c.data(), c_stride, activation});
  return c;
}

}  // namespace jnlp::test
