#pragma once

#include <cstdint>
#include <span>

namespace jnlp {

/// One output channel's weights as signed bytes.
struct ChannelScale {
  float scale;  ///< weight = byte * scale
  int32_t sum;  ///< of the bytes
};

/// Quantizes one channel symmetrically to [-127, 127], pairs within kInt8PairLimit. Of several
/// scales from its greatest magnitude downwards it takes the one with the least squared error: a
/// few clipped outliers cost less than coarser steps for all.
ChannelScale quantize_channel(std::span<const float> weights, int8_t* out);

}  // namespace jnlp
