#include "ops/linear.h"

#include <algorithm>
#include <vector>

#include "ops/rows.h"

namespace jnlp {
namespace {

// How a product is cut into tasks. It never changes a result: each output is one chain of its own.
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

}  // namespace

PackedLinear::PackedLinear(const Exec& exec, int64_t inputs, std::span<const LinearPart> parts)
    : inputs_(inputs) {
  for (const LinearPart& part : parts) {
    outputs_ += static_cast<int64_t>(part.weight.size()) / inputs;
  }
  const int64_t panels = (outputs_ + kPanelColumns - 1) / kPanelColumns;
  panels_ = FloatBuffer(panels * kPanelColumns * inputs);
  bias_ = FloatBuffer(panels * kPanelColumns);
  std::fill_n(bias_.data(), bias_.size(), 0.0F);
  // Where a panel spans two parts, its rows are gathered first.
  std::vector<const float*> rows;
  int64_t column = 0;
  for (const LinearPart& part : parts) {
    std::copy(part.bias.begin(), part.bias.end(), bias_.data() + column);
    const int64_t part_outputs = static_cast<int64_t>(part.weight.size()) / inputs;
    for (int64_t i = 0; i < part_outputs; ++i) rows.push_back(part.weight.data() + i * inputs);
    column += part_outputs;
  }
  exec.pool.parallel_for(panels, [&](int64_t panel, int) {
    const int64_t first = panel * kPanelColumns;
    const int64_t width = std::min(kPanelColumns, outputs_ - first);
    float* out = panels_.data() + first * inputs;
    const float* const* row = rows.data() + first;
    if (row[width - 1] == row[0] + (width - 1) * inputs) {
      exec.kernels.pack_transposed(row[0], inputs, width, inputs, out);
      return;
    }
    std::vector<float> gathered;
    for (int64_t i = 0; i < width; ++i) gathered.insert(gathered.end(), row[i], row[i] + inputs);
    exec.kernels.pack_transposed(gathered.data(), inputs, width, inputs, out);
  });
}

LinearView PackedLinear::view_from(int64_t first) const {
  return {inputs_, outputs_ - first, panels_.data() + first * inputs_, bias_.data() + first};
}

LinearView PackedLinear::view_of_first(int64_t count) const {
  return {inputs_, count, panels_.data(), bias_.data()};
}

void linear(const Exec& exec, const LinearView& layer, ConstMatrix x, Activation activation,
            float* out, int64_t out_stride) {
  const int64_t panels = (layer.outputs + kPanelColumns - 1) / kPanelColumns;
  const Split split = split_product(x.rows, panels, layer.inputs, exec.pool.size());
  // Rows vary fastest: tasks next to each other share their panels in the cache.
  exec.pool.parallel_for(split.row_blocks * split.column_groups, [&](int64_t task, int) {
    const int64_t block = task % split.row_blocks;
    const int64_t group = task / split.row_blocks;
    const int64_t row = part_begin(x.rows, split.row_blocks, block);
    const int64_t rows = part_begin(x.rows, split.row_blocks, block + 1) - row;
    const int64_t first = part_begin(panels, split.column_groups, group) * kPanelColumns;
    const int64_t end = part_begin(panels, split.column_groups, group + 1) * kPanelColumns;
    const int64_t columns = std::min(end, layer.outputs) - first;
    float* c = out + row * out_stride + first;
    exec.kernels.gemm({rows, columns, layer.inputs, x.data + row * x.stride, x.stride,
                       layer.panels + first * layer.inputs, layer.bias + first, c, out_stride});
    if (activation == Activation::none) return;
    for (int64_t i = 0; i < rows; ++i) {
      activate(exec.kernels, activation, c + i * out_stride, columns);
    }
  });
}

}  // namespace jnlp
