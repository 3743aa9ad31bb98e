#pragma once

#include <cstdint>
#include <vector>

#include "kernels/kernels.h"

namespace jnlp::test {

enum class HalfType { f16, bf16 };

float from_f16(uint16_t bits);
float from_bf16(uint16_t bits);

int64_t rounded_up(int64_t n, int64_t step);

/// A product with 16-bit weights, which are bits of their type; activations are plain floats.
struct HalfProduct {
  HalfType type;
  int64_t rows;
  int64_t columns;
  int64_t depth;
  std::vector<float> a;           // rows x depth
  std::vector<uint16_t> weights;  // columns x depth
  std::vector<float> bias;        // filled up to whole panels

  float weight(int64_t column, int64_t k) const;
  /// Of the panels.
  int64_t padded_depth() const;
};

/// Activations and biases of a normal distribution, weights within a few powers of two of 1, of
/// either sign.
HalfProduct make_half_product(HalfType type, int64_t rows, int64_t columns, int64_t depth);

/// The result, `c_stride` floats from row to row, and a row of -7.5 behind it, as between rows.
std::vector<float> by_kernel(const Kernels& kernels, const HalfProduct& p, int64_t c_stride,
                             Activation activation = Activation::none);

}  // namespace jnlp::test
