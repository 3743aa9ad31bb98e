#pragma once

#include <span>

#include "kernels/activation.h"
#include "ops/buffer.h"
#include "ops/exec.h"

namespace jnlp {

/// One part of a linear layer's output: its weight as stored in checkpoints (row-major, a row of
/// `inputs` floats per output) and its bias (empty for none).
struct LinearPart {
  std::span<const float> weight;
  std::span<const float> bias;
};

/// Packed weights of some outputs of a linear layer.
struct LinearView {
  int64_t inputs;
  int64_t outputs;
  const float* panels;
  const float* bias;
};

/// The weights of y = x W^T + b, laid out for the kernels. Parts that read the same input (query,
/// key and value) become one layer, their outputs side by side.
class PackedLinear {
 public:
  PackedLinear() = default;
  /// weight.size() must be a multiple of `inputs`, and bias.size() the number of outputs or 0.
  PackedLinear(const Exec& exec, int64_t inputs, std::span<const LinearPart> parts);

  int64_t inputs() const { return inputs_; }
  int64_t outputs() const { return outputs_; }
  LinearView view() const { return {inputs_, outputs_, panels_.data(), bias_.data()}; }
  /// The outputs from `first` on, which must be a multiple of kPanelColumns.
  LinearView view_from(int64_t first) const;
  /// The first `count` outputs.
  LinearView view_of_first(int64_t count) const;

 private:
  int64_t inputs_ = 0;
  int64_t outputs_ = 0;
  FloatBuffer panels_;
  FloatBuffer bias_;  // padded to whole panels
};

/// A row-major matrix inside a larger one.
struct ConstMatrix {
  const float* data;
  int64_t rows;
  int64_t stride;  ///< floats from row to row
};

/// out = activation(x W^T + b); `out_stride` floats from row to row of out.
void linear(const Exec& exec, const LinearView& layer, ConstMatrix x, Activation activation,
            float* out, int64_t out_stride);

}  // namespace jnlp
