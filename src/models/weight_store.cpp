#include "models/weight_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr std::string_view kAdapterPrefix = "base_model.model.";
constexpr std::string_view kLoraA = ".lora_A.weight";
constexpr std::string_view kLoraB = ".lora_B.weight";
constexpr std::string_view kWeight = ".weight";

bool is_floating(DType dtype) {
  return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16 || dtype == DType::f64;
}

bool same_shape(const std::vector<int64_t>& actual, const std::vector<int64_t>& expected) {
  return std::equal(actual.begin(), actual.end(), expected.begin(), expected.end(),
                    [](int64_t a, int64_t e) { return a == e || (e == kAnySize && a > 0); });
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::vector<std::string> sizes;
  sizes.reserve(shape.size());
  for (const int64_t size : shape) {
    sizes.push_back(size == kAnySize ? "any" : fmt::format("{}", size));
  }
  return fmt::format("[{}]", fmt::join(sizes, ", "));
}

bool is_on(const Json& config, const char* key) {
  const auto found = config.find(key);
  return found != config.end() && found->is_boolean() && found->get<bool>();
}

// What PEFT can do and a plain merge would get wrong.
void check_adapter_kind(const Json& config, const std::string& where) {
  const auto refuse = [&](std::string_view what) {
    throw Error(ErrorCode::unsupported,
                fmt::format("the adapter {} uses {}, which cannot be merged here; merge it with "
                            "PEFT's merge_and_unload and save the full model",
                            where, what));
  };
  const auto kind = config.find("peft_type");
  if (kind != config.end() && *kind != "LORA")
    refuse(fmt::format("peft_type {}", dump_json(*kind)));
  for (const char* option : {"use_dora", "fan_in_fan_out", "lora_bias", "use_qalora"}) {
    if (is_on(config, option)) refuse(option);
  }
  for (const char* option : {"alpha_pattern", "trainable_token_indices"}) {
    const auto found = config.find(option);
    if (found != config.end() && !found->is_null() && !found->empty()) refuse(option);
  }
}

void require_matrix(const TensorView& tensor, const std::string& name) {
  if (tensor.shape.size() == 2 && is_floating(tensor.dtype)) return;
  throw Error(ErrorCode::invalid_input,
              fmt::format("the adapter's tensor '{}' is not a matrix of floats", name));
}

// weight += factor * B A, for weight [outputs, inputs], B [outputs, rank], A [rank, inputs].
void add_product(const std::vector<float>& b, const std::vector<float>& a, int64_t rank,
                 float factor, std::vector<float>* weight) {
  const auto r = static_cast<size_t>(rank);
  const size_t inputs = a.size() / r;
  const size_t outputs = b.size() / r;
  std::vector<float> row(inputs);
  for (size_t i = 0; i < outputs; ++i) {
    std::fill(row.begin(), row.end(), 0.0F);
    for (size_t k = 0; k < r; ++k) {
      const float scale = b[i * r + k];
      for (size_t j = 0; j < inputs; ++j) row[j] += scale * a[k * inputs + j];
    }
    for (size_t j = 0; j < inputs; ++j) (*weight)[i * inputs + j] += factor * row[j];
  }
}

}  // namespace

WeightStore::WeightStore(const ModelDir& model)
    : where_(model.path.string()), base_(model.weight_files) {
  if (model.weight_files.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("{} has only {}, no model.safetensors: take the model that it was "
                            "prepared from",
                            model.base_path.string(), kPreparedFile));
  }
  if (!model.adapter_file) return;
  check_adapter_kind(model.adapter_config, where_);
  adapter_.emplace(std::vector{*model.adapter_file});
  const auto alpha = model.adapter_config.find("lora_alpha");
  if (alpha == model.adapter_config.end() || !alpha->is_number()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{}/adapter_config.json has no number lora_alpha", where_));
  }
  lora_alpha_ = alpha->get<double>();
  rank_stabilized_ = is_on(model.adapter_config, "use_rslora");
}

const TensorView* WeightStore::adapter_tensor(const std::string& name) const {
  const std::string full = fmt::format("{}{}", kAdapterPrefix, name);
  return adapter_ && adapter_->contains(full) ? &adapter_->at(full) : nullptr;
}

std::optional<WeightStore::Found> WeightStore::find(const WeightSpec& spec) const {
  // An adapter's own tensor wins under any of the names: it was saved to replace the base's.
  for (const std::string& name : spec.checkpoint_names) {
    if (const TensorView* tensor = adapter_tensor(name)) return Found{tensor, name};
  }
  for (const std::string& name : spec.checkpoint_names) {
    if (base_.contains(name)) return Found{&base_.at(name), name};
  }
  return std::nullopt;
}

bool WeightStore::contains(const WeightSpec& spec) const {
  return find(spec).has_value();
}

void WeightStore::release(const WeightSpec& spec) const {
  for (const std::string& name : spec.checkpoint_names) {
    if (base_.contains(name)) base_.release(base_.at(name));
  }
}

void WeightStore::release() const {
  base_.release();
  if (adapter_) adapter_->release();
}

Weight WeightStore::load(const WeightSpec& spec) const {
  const std::optional<Found> found = find(spec);
  if (!found) {
    throw Error(ErrorCode::not_found,
                fmt::format("the weights of {} lack the tensor '{}', which the model needs; is "
                            "config.json the one of these weights?",
                            where_, spec.checkpoint_names.front()));
  }
  const TensorView& tensor = *found->tensor;
  if (!same_shape(tensor.shape, spec.shape)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the tensor '{}' of {} has the shape {} where config.json asks for {}",
                            found->name, where_, shape_text(tensor.shape), shape_text(spec.shape)));
  }
  if (!is_floating(tensor.dtype)) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("the tensor '{}' of {} has the type {}; F32, F16, BF16 or F64 is needed",
                    found->name, where_, to_string(tensor.dtype)));
  }
  Weight weight{tensor.shape, {}, {}};
  const bool aligned = reinterpret_cast<uintptr_t>(tensor.bytes.data()) % alignof(float) == 0;
  if (tensor.dtype == DType::f32 && aligned) {
    weight.values = tensor.as_float();
  } else {
    weight.copy = tensor.to_float();
    weight.values = weight.copy;
  }
  merge_adapter(spec, &weight);
  return weight;
}

void WeightStore::merge_adapter(const WeightSpec& spec, Weight* weight) const {
  for (const std::string& name : spec.checkpoint_names) {
    if (!adapter_ || !name.ends_with(kWeight)) continue;
    const std::string module = name.substr(0, name.size() - kWeight.size());
    const TensorView* a = adapter_tensor(fmt::format("{}{}", module, kLoraA));
    const TensorView* b = adapter_tensor(fmt::format("{}{}", module, kLoraB));
    if (a == nullptr && b == nullptr) continue;
    if (a == nullptr || b == nullptr) {
      throw Error(
          ErrorCode::invalid_input,
          fmt::format("the adapter {} has only one of lora_A and lora_B for '{}'", where_, module));
    }
    require_matrix(*a, module);
    require_matrix(*b, module);
    const int64_t rank = a->shape[0];
    if (rank < 1 || b->shape[1] != rank ||
        weight->shape != std::vector<int64_t>{b->shape[0], a->shape[1]}) {
      throw Error(
          ErrorCode::invalid_input,
          fmt::format("the adapter {} does not fit '{}': A is {}, B is {}, the weight is {}",
                      where_, module, shape_text(a->shape), shape_text(b->shape),
                      shape_text(weight->shape)));
    }
    const auto r = static_cast<double>(rank);
    const double factor = lora_alpha_ / (rank_stabilized_ ? std::sqrt(r) : r);
    if (weight->copy.empty()) weight->copy.assign(weight->values.begin(), weight->values.end());
    add_product(b->to_float(), a->to_float(), rank, static_cast<float>(factor), &weight->copy);
    weight->values = weight->copy;
    return;
  }
}

void WeightStore::check_adapter(const std::vector<WeightSpec>& known) const {
  if (!adapter_) return;
  std::set<std::string> names;
  for (const WeightSpec& spec : known) {
    names.insert(spec.checkpoint_names.begin(), spec.checkpoint_names.end());
  }
  for (const auto& [key, tensor] : adapter_->tensors()) {
    std::string name = key;
    if (name.starts_with(kAdapterPrefix)) name = name.substr(kAdapterPrefix.size());
    for (const std::string_view suffix : {kLoraA, kLoraB}) {
      if (name.ends_with(suffix)) name.replace(name.size() - suffix.size(), suffix.size(), kWeight);
    }
    if (!names.contains(name)) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("the adapter {} changes '{}', which this model does not have; is it "
                              "an adapter for another base?",
                              where_, key));
    }
  }
}

}  // namespace jnlp
