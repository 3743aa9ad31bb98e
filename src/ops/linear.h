#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernels/activation.h"
#include "ops/buffer.h"
#include "ops/exec.h"
#include "ops/weight_type.h"

namespace jnlp {

/// One part of a linear layer's output: its weight as stored in checkpoints (row-major, a row of
/// `inputs` floats per output) and its bias (empty for none).
struct LinearPart {
  std::span<const float> weight;
  std::span<const float> bias;
};

/// Packed weights of some outputs of a linear layer, in the layout of kernels.h.
struct LinearView {
  WeightType type;
  int64_t inputs;
  int64_t outputs;
  const std::byte* panels;
  const float* bias;           ///< this and the next two: one per output, padded to whole panels
  const float* column_scales;  ///< null but for int8
  const int32_t* column_sums;  ///< null but for int8
  /// What inputs are multiplied by before they are quantized, one per input; null for ones.
  const float* input_factors = nullptr;

  /// Values of k in a panel: `inputs`, rounded up for bf16 and int8.
  int64_t depth() const;
  int64_t panel_bytes() const;
  /// Of all panels.
  int64_t bytes() const;
  /// The outputs from `first` on, which must be a multiple of kPanelColumns.
  LinearView from(int64_t first) const;
  /// The first `count` outputs.
  LinearView first(int64_t count) const;
};

/// The weights of y = x W^T + b, laid out for the kernels. Parts that read the same input (query,
/// key and value) become one layer, their outputs side by side.
class PackedLinear {
 public:
  PackedLinear() = default;
  /// weight.size() must be a multiple of `inputs`, and bias.size() the number of outputs or 0.
  /// `input_factors`, for int8 alone: inputs are multiplied by them before they are quantized, and
  /// weights divided by them here (smoothing.h); empty for ones.
  PackedLinear(const Exec& exec, int64_t inputs, std::span<const LinearPart> parts,
               WeightType type = WeightType::f32, std::span<const float> input_factors = {});
  /// Weights that are packed already and that somebody else keeps, such as a mapped file.
  explicit PackedLinear(const LinearView& kept_elsewhere)
      : type_(kept_elsewhere.type),
        inputs_(kept_elsewhere.inputs),
        outputs_(kept_elsewhere.outputs),
        kept_elsewhere_(kept_elsewhere) {}

  int64_t inputs() const { return inputs_; }
  int64_t outputs() const { return outputs_; }
  LinearView view() const;

 private:
  WeightType type_ = WeightType::f32;
  int64_t inputs_ = 0;
  int64_t outputs_ = 0;
  Buffer<std::byte> panels_;
  FloatBuffer bias_;
  FloatBuffer column_scales_;
  Buffer<int32_t> column_sums_;
  std::vector<float> input_factors_;
  std::optional<LinearView> kept_elsewhere_;
};

/// A row-major matrix inside a larger one.
struct ConstMatrix {
  const float* data;
  int64_t rows;
  int64_t stride;  ///< floats from row to row
};

/// Is shown what layers read, to learn of a model's activations. Called by several threads at once.
class InputObserver {
 public:
  virtual ~InputObserver() = default;
  virtual void see(const LinearView& layer, const ConstMatrix& x) = 0;
};

/// Memory for rows in the weights' type, kept from call to call.
struct LinearScratch {
  Buffer<uint8_t> bytes;
  Buffer<RowScale> scales;
  InputObserver* observer = nullptr;  ///< null for nobody
};

/// out = activation(x W^T + b); `out_stride` floats from row to row of out. With bf16 weights x is
/// rounded to BF16; with int8 weights each row of x is quantized by itself, so that a result never
/// depends on its neighbours.
void linear(const Exec& exec, const LinearView& layer, ConstMatrix x, Activation activation,
            LinearScratch* scratch, float* out, int64_t out_stride);

}  // namespace jnlp
