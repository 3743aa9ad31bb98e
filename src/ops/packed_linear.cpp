#include <algorithm>
#include <functional>
#include <vector>

#include "ops/half_types.h"
#include "ops/linear.h"
#include "ops/quantize_weights.h"
#include "ops/round_up.h"

namespace jnlp {
namespace {

// The rows of a panel's outputs, one behind the other: in place where they are, else gathered.
std::span<const float> rows_of_panel(std::span<const float* const> rows, int64_t inputs,
                                     std::vector<float>* gathered) {
  const auto width = static_cast<int64_t>(rows.size());
  if (rows.back() == rows.front() + (width - 1) * inputs) {
    return {rows.front(), static_cast<size_t>(width * inputs)};
  }
  for (const float* row : rows) gathered->insert(gathered->end(), row, row + inputs);
  return *gathered;
}

// Quantizes a panel's rows, divided by `factors` unless there are none, and lays them out in groups
// of four k.
void pack_int8(std::span<const float> rows, std::span<const float> factors, int64_t inputs,
               int64_t depth, int8_t* panel, float* scales, int32_t* sums) {
  std::vector<int8_t> bytes(static_cast<size_t>(inputs));
  std::vector<float> divided(factors.size());
  std::fill_n(panel, depth * kPanelColumns, int8_t{0});
  const int64_t width = static_cast<int64_t>(rows.size()) / inputs;
  for (int64_t column = 0; column < width; ++column) {
    std::span<const float> row =
        rows.subspan(static_cast<size_t>(column * inputs), static_cast<size_t>(inputs));
    if (!factors.empty()) {
      std::transform(row.begin(), row.end(), factors.begin(), divided.begin(), std::divides<>());
      row = divided;
    }
    const ChannelScale channel = quantize_channel(row, bytes.data());
    scales[column] = channel.scale;
    sums[column] = channel.sum;
    for (int64_t k = 0; k < inputs; ++k) {
      panel[k / 4 * 4 * kPanelColumns + column * 4 + k % 4] = bytes[static_cast<size_t>(k)];
    }
  }
}

// Rounds a panel's rows and lays them out in rows of one k.
void pack_f16(std::span<const float> rows, int64_t inputs, uint16_t* panel) {
  std::fill_n(panel, inputs * kPanelColumns, uint16_t{0});
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    panel[index % inputs * kPanelColumns + index / inputs] = to_f16(rows[i]);
  }
}

// Rounds a panel's rows and lays them out in pairs of two k.
void pack_bf16(std::span<const float> rows, int64_t inputs, int64_t depth, uint16_t* panel) {
  std::fill_n(panel, depth * kPanelColumns, uint16_t{0});
  for (size_t i = 0; i < rows.size(); ++i) {
    const int64_t k = static_cast<int64_t>(i) % inputs;
    const int64_t column = static_cast<int64_t>(i) / inputs;
    panel[k / 2 * 2 * kPanelColumns + column * 2 + k % 2] = to_bf16(rows[i]);
  }
}

}  // namespace

int64_t LinearView::depth() const {
  if (type == WeightType::bf16) return round_up(inputs, kBf16Depth);
  return type == WeightType::int8 ? round_up(inputs, kInt8Depth) : inputs;
}

int64_t LinearView::panel_bytes() const {
  const bool halves = type == WeightType::bf16 || type == WeightType::f16;
  const int64_t element = type == WeightType::int8 ? 1 : halves ? 2 : 4;
  return depth() * kPanelColumns * element;
}

int64_t LinearView::bytes() const {
  return round_up(outputs, kPanelColumns) / kPanelColumns * panel_bytes();
}

LinearView LinearView::from(int64_t first) const {
  LinearView view = *this;
  view.outputs -= first;
  view.panels += first / kPanelColumns * panel_bytes();
  view.bias += first;
  if (type == WeightType::int8) {
    view.column_scales += first;
    view.column_sums += first;
  }
  return view;
}

LinearView LinearView::first(int64_t count) const {
  LinearView view = *this;
  view.outputs = count;
  return view;
}

PackedLinear::PackedLinear(const Exec& exec, int64_t inputs, std::span<const LinearPart> parts,
                           WeightType type, std::span<const float> input_factors)
    : type_(type), inputs_(inputs), input_factors_(input_factors.begin(), input_factors.end()) {
  std::vector<const float*> rows;
  for (const LinearPart& part : parts) {
    const int64_t outputs = static_cast<int64_t>(part.weight.size()) / inputs;
    for (int64_t i = 0; i < outputs; ++i) rows.push_back(part.weight.data() + i * inputs);
  }
  outputs_ = static_cast<int64_t>(rows.size());
  const int64_t padded = round_up(outputs_, kPanelColumns);
  bias_ = FloatBuffer(padded);
  std::fill_n(bias_.data(), padded, 0.0F);
  if (type == WeightType::int8) {
    column_scales_ = FloatBuffer(padded);
    column_sums_ = Buffer<int32_t>(padded);
    std::fill_n(column_scales_.data(), padded, 0.0F);
    std::fill_n(column_sums_.data(), padded, 0);
  }
  const int64_t depth = view().depth();
  const int64_t panel_bytes = view().panel_bytes();
  panels_ = Buffer<std::byte>(padded / kPanelColumns * panel_bytes);
  float* bias = bias_.data();
  for (const LinearPart& part : parts) {
    std::copy(part.bias.begin(), part.bias.end(), bias);
    bias += static_cast<int64_t>(part.weight.size()) / inputs;
  }
  exec.pool.parallel_for(padded / kPanelColumns, [&](int64_t panel, int) {
    const int64_t first = panel * kPanelColumns;
    const int64_t width = std::min(kPanelColumns, outputs_ - first);
    std::vector<float> gathered;
    const std::span<const float> source = rows_of_panel(
        std::span(rows).subspan(static_cast<size_t>(first), static_cast<size_t>(width)), inputs,
        &gathered);
    std::byte* out = panels_.data() + panel * panel_bytes;
    if (type == WeightType::int8) {
      pack_int8(source, input_factors_, inputs, depth, reinterpret_cast<int8_t*>(out),
                column_scales_.data() + first, column_sums_.data() + first);
    } else if (type == WeightType::bf16) {
      pack_bf16(source, inputs, depth, reinterpret_cast<uint16_t*>(out));
    } else if (type == WeightType::f16) {
      pack_f16(source, inputs, reinterpret_cast<uint16_t*>(out));
    } else {
      exec.kernels.pack_transposed(source.data(), inputs, width, inputs,
                                   reinterpret_cast<float*>(out));
    }
  });
}

LinearView PackedLinear::view() const {
  if (kept_elsewhere_) return *kept_elsewhere_;
  return {type_,
          inputs_,
          outputs_,
          panels_.data(),
          bias_.data(),
          column_scales_.data(),
          column_sums_.data(),
          input_factors_.empty() ? nullptr : input_factors_.data()};
}

}  // namespace jnlp
