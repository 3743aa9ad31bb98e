#include "models/activation_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "formats/safetensors.h"

namespace jnlp {

ActivationRecorder::ActivationRecorder(const Encoder& encoder) {
  for (const auto& [name, view] : encoder.inner_layers()) {
    std::vector<float>& maxima = ranges_[name];
    maxima.resize(static_cast<size_t>(view.inputs));
    by_weights_[view.panels] = &maxima;
  }
}

void ActivationRecorder::see(const LinearView& layer, const ConstMatrix& x) {
  const auto found = by_weights_.find(layer.panels);
  if (found == by_weights_.end()) return;  // a layer that is never quantized
  const std::lock_guard lock(mutex_);
  for (int64_t row = 0; row < x.rows; ++row) {
    const float* values = x.data + row * x.stride;
    for (float& maximum : *found->second) maximum = std::max(maximum, std::abs(*values++));
  }
}

void write_activation_ranges(const std::filesystem::path& path, const ActivationRanges& ranges,
                             const std::map<std::string, std::string, std::less<>>& metadata) {
  std::vector<NamedTensor> tensors;
  for (const auto& [name, maxima] : ranges) {
    tensors.push_back({name,
                       DType::f32,
                       {static_cast<int64_t>(maxima.size())},
                       std::as_bytes(std::span(maxima))});
  }
  write_safetensors(path, tensors, metadata);
}

ActivationRanges read_activation_ranges(const std::filesystem::path& path) {
  ActivationRanges ranges;
  const Safetensors file({path});
  for (const auto& [name, tensor] : file.tensors()) {
    std::vector<float> maxima = tensor.to_float();
    if (!std::all_of(maxima.begin(), maxima.end(),
                     [](float maximum) { return std::isfinite(maximum) && maximum >= 0; })) {
      throw Error(
          ErrorCode::invalid_input,
          fmt::format("{}: '{}' holds values that are no maxima; run 'jetson-nlp calibrate' "
                      "again, or remove the file",
                      path.string(), name));
    }
    ranges.emplace(name, std::move(maxima));
  }
  return ranges;
}

}  // namespace jnlp
