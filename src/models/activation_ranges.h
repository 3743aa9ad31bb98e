#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "models/encoder.h"
#include "ops/linear.h"

namespace jnlp {

/// How large the inputs of a model's layers become: max |x_j| of each input channel, by the name of
/// the layer's first module, for example "layers.0.attention.query".
using ActivationRanges = std::map<std::string, std::vector<float>, std::less<>>;

/// Collects them while an encoder runs.
class ActivationRecorder : public InputObserver {
 public:
  /// The encoder must outlive the recorder.
  explicit ActivationRecorder(const Encoder& encoder);

  void see(const LinearView& layer, const ConstMatrix& x) override;
  const ActivationRanges& ranges() const { return ranges_; }

 private:
  std::mutex mutex_;
  std::map<const std::byte*, std::vector<float>*> by_weights_;
  ActivationRanges ranges_;
};

/// A safetensors file: a tensor of FP32 per layer, its name the layer's.
/// @throws Error io.
void write_activation_ranges(const std::filesystem::path& path, const ActivationRanges& ranges,
                             const std::map<std::string, std::string, std::less<>>& metadata);

/// @throws Error invalid_input for a damaged file or values that are no maxima.
ActivationRanges read_activation_ranges(const std::filesystem::path& path);

}  // namespace jnlp
