#include "models/checkpoint_source.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/smoothing.h"

namespace jnlp {

CheckpointSource::CheckpointSource(const ModelDir& model, std::vector<WeightSpec> specs,
                                   const std::vector<WeightSpec>& adaptable, const Exec& exec)
    : LayerSource(std::move(specs)),
      modules_path_(model.modules_path()),
      exec_(exec),
      store_(model) {
  store_.check_adapter(adaptable);
  if (model.ranges_file) ranges_ = read_activation_ranges(*model.ranges_file);
}

PackedLinear CheckpointSource::linear(const std::vector<std::string>& modules, WeightType type) {
  std::vector<Weight> loaded;
  std::vector<LinearPart> parts;
  for (const std::string& module : modules) {
    loaded.push_back(store_.load(spec(module + ".weight")));
    loaded.push_back(load_bias(module));
  }
  const int64_t inputs = loaded.front().shape[1];
  for (size_t i = 0; i < loaded.size(); i += 2) {
    const std::span<const float> bias = loaded[i + 1].values;
    if (!bias.empty() && static_cast<int64_t>(bias.size()) != loaded[i].shape[0]) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("'{}': weight and bias have different sizes", modules[i / 2]));
    }
    parts.push_back({loaded[i].values, loaded[i + 1].values});
  }
  std::vector<float> factors;
  if (type == WeightType::int8) factors = factors_of(modules.front(), inputs, parts);
  PackedLinear packed(exec_, inputs, parts, type, factors);
  // At once, so that the file's pages and the packed weights are never in memory as a whole.
  for (const std::string& module : modules) store_.release(spec(module + ".weight"));
  return packed;
}

std::vector<float> CheckpointSource::factors_of(const std::string& module, int64_t inputs,
                                                std::span<const LinearPart> parts) const {
  const auto maxima = ranges_.find(module);
  if (maxima == ranges_.end()) return {};
  if (static_cast<int64_t>(maxima->second.size()) != inputs) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} of this model was made for another one: '{}' has {} inputs there "
                            "and {} here; run 'jetson-nlp calibrate' again, or remove the file",
                            kActivationRangesFile, module, maxima->second.size(), inputs));
  }
  return smoothing_factors(inputs, parts, maxima->second);
}

bool CheckpointSource::stored(std::string_view name) const {
  return has(name) && (!spec(name).optional || store_.contains(spec(name)));
}

Weight CheckpointSource::load_bias(const std::string& module) const {
  const std::string name = module + ".bias";
  return stored(name) ? store_.load(spec(name)) : Weight();
}

EmbeddingTable CheckpointSource::embedding(const std::string& module, WeightType type) {
  return {store_.load(spec(module + ".weight")), type};
}

Weight CheckpointSource::table(const std::string& name) {
  return store_.load(spec(name));
}

PackedLinear CheckpointSource::module_linear(const std::filesystem::path& folder, int64_t inputs,
                                             bool has_bias) {
  const std::filesystem::path file = modules_path_ / folder / "model.safetensors";
  const auto fail = [&](std::string_view why) {
    throw Error(ErrorCode::invalid_input, fmt::format("{}: {}", file.string(), why));
  };
  const Safetensors tensors({file});
  const TensorView& weight = tensors.at("linear.weight");
  if (weight.shape.size() != 2 || weight.shape[0] < 1 || weight.shape[1] != inputs) {
    fail("linear.weight does not fit what comes before it");
  }
  const std::vector<float> values = weight.to_float();
  const std::vector<float> bias =
      has_bias ? tensors.at("linear.bias").to_float() : std::vector<float>();
  if (has_bias && static_cast<int64_t>(bias.size()) != weight.shape[0]) {
    fail("linear.bias does not fit linear.weight");
  }
  const LinearPart part{values, bias};
  return PackedLinear(exec_, inputs, {&part, 1});
}

}  // namespace jnlp
