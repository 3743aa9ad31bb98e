#include "ops/linear.h"

#include <algorithm>

#include "ops/for_each_row.h"

namespace jnlp {
namespace {

// How a product is cut into tasks. It never changes a result: each output is computed alone.
struct Split {
  int64_t row_blocks;
  int64_t column_groups;
};

// With 384 of A's columns and 256 of C's, a block of rows this high fits in 512 KB of L2 cache.
constexpr int64_t kBlockRows = 120;
constexpr int64_t kGroupPanels = 16;
// Below this many multiply-adds, waking a second thread costs more than it saves.
constexpr int64_t kSmallProduct = 100'000;

Split split_product(int64_t rows, int64_t panels, int64_t depth, int threads) {
  if (rows * panels * kPanelColumns * depth < kSmallProduct) return {1, 1};
  const int64_t row_blocks = (rows + kBlockRows - 1) / kBlockRows;
  // Several tasks per thread even out their speeds.
  const int64_t wanted = threads > 1 ? (int64_t{4} * threads + row_blocks - 1) / row_blocks : 1;
  const int64_t least = (panels + kGroupPanels - 1) / kGroupPanels;
  return {row_blocks, std::min(panels, std::max(wanted, least))};
}

// Start of part `index` of `parts` nearly equal parts of [0, total).
int64_t part_begin(int64_t total, int64_t parts, int64_t index) {
  return total / parts * index + std::min(index, total % parts);
}

// Some rows and columns of the product.
struct Block {
  int64_t row;
  int64_t rows;
  int64_t column;
  int64_t columns;
};

template <typename Body>
void for_each_block(const Exec& exec, const LinearView& layer, int64_t rows, Body body) {
  const int64_t panels = (layer.outputs + kPanelColumns - 1) / kPanelColumns;
  const Split split = split_product(rows, panels, layer.inputs, exec.pool.size());
  // Rows vary fastest: tasks next to each other share their panels in the cache.
  exec.pool.parallel_for(split.row_blocks * split.column_groups, [&](int64_t task, int) {
    const int64_t block = task % split.row_blocks;
    const int64_t group = task / split.row_blocks;
    const int64_t row = part_begin(rows, split.row_blocks, block);
    const int64_t column = part_begin(panels, split.column_groups, group) * kPanelColumns;
    const int64_t end = part_begin(panels, split.column_groups, group + 1) * kPanelColumns;
    body(Block{row, part_begin(rows, split.row_blocks, block + 1) - row, column,
               std::min(end, layer.outputs) - column});
  });
}

// Rounding or quantizing so many values is worth a task.
constexpr int64_t kValuesPerTask = 16384;

// Products whose rows stay FP32, with `gemm` for weights of type Weight.
template <typename Weight>
void multiply_floats(const Exec& exec, void (*gemm)(const GemmArgsOf<Weight>&),
                     const LinearView& layer, ConstMatrix x, Activation activation, float* out,
                     int64_t out_stride) {
  const auto* panels = reinterpret_cast<const Weight*>(layer.panels);
  for_each_block(exec, layer, x.rows, [&](const Block& block) {
    gemm({block.rows, block.columns, layer.inputs, x.data + block.row * x.stride, x.stride,
          panels + block.column * layer.inputs, layer.bias + block.column,
          out + block.row * out_stride + block.column, out_stride, activation});
  });
}

void multiply_bf16(const Exec& exec, const LinearView& layer, ConstMatrix x, Activation activation,
                   LinearScratch* scratch, float* out, int64_t out_stride) {
  const int64_t depth = layer.depth();
  const int64_t row_bytes = depth * exec.kernels.bf16_bytes;
  scratch->bytes.reserve(x.rows * row_bytes);
  for_each_row(exec, x.rows, kValuesPerTask / layer.inputs, [&](int64_t row) {
    exec.kernels.to_bf16(x.data + row * x.stride, layer.inputs,
                         scratch->bytes.data() + row * row_bytes);
  });
  const auto* panels = reinterpret_cast<const uint16_t*>(layer.panels);
  for_each_block(exec, layer, x.rows, [&](const Block& block) {
    exec.kernels.gemm_bf16({block.rows, block.columns, depth,
                            scratch->bytes.data() + block.row * row_bytes, depth,
                            panels + block.column * depth, layer.bias + block.column,
                            out + block.row * out_stride + block.column, out_stride, activation});
  });
}

void multiply_int8(const Exec& exec, const LinearView& layer, ConstMatrix x, Activation activation,
                   LinearScratch* scratch, float* out, int64_t out_stride) {
  const int64_t depth = layer.depth();
  scratch->bytes.reserve(x.rows * depth);
  scratch->scales.reserve(x.rows);
  for_each_row(exec, x.rows, kValuesPerTask / layer.inputs, [&](int64_t row) {
    scratch->scales.data()[row] =
        exec.kernels.quantize(x.data + row * x.stride, layer.input_factors, layer.inputs,
                              scratch->bytes.data() + row * depth);
  });
  const auto* panels = reinterpret_cast<const int8_t*>(layer.panels);
  for_each_block(exec, layer, x.rows, [&](const Block& block) {
    exec.kernels.gemm_int8({block.rows, block.columns, depth,
                            scratch->bytes.data() + block.row * depth, depth,
                            scratch->scales.data() + block.row, panels + block.column * depth,
                            layer.column_scales + block.column, layer.column_sums + block.column,
                            layer.bias + block.column, out + block.row * out_stride + block.column,
                            out_stride, activation});
  });
}

}  // namespace

void linear(const Exec& exec, const LinearView& layer, ConstMatrix x, Activation activation,
            LinearScratch* scratch, float* out, int64_t out_stride) {
  if (scratch->observer != nullptr) scratch->observer->see(layer, x);
  switch (layer.type) {
    case WeightType::f32:
      return multiply_floats(exec, exec.kernels.gemm, layer, x, activation, out, out_stride);
    case WeightType::f16:
      return multiply_floats(exec, exec.kernels.gemm_f16, layer, x, activation, out, out_stride);
    case WeightType::bf16:
      return multiply_bf16(exec, layer, x, activation, scratch, out, out_stride);
    case WeightType::int8:
      return multiply_int8(exec, layer, x, activation, scratch, out, out_stride);
  }
}

}  // namespace jnlp
