#include "train/checkpoint.h"

#include <fmt/format.h>

#include <cstring>

#include "base/error.h"
#include "formats/safetensors.h"

namespace jnlp {
namespace {

// Tensors kept alive until the file is written.
class TensorList {
 public:
  void add(const std::string& name, const at::Tensor& tensor) {
    kept_.push_back(tensor.detach().cpu().contiguous());
    const at::Tensor& own = kept_.back();
    tensors_.push_back({name,
                        DType::f32,
                        own.sizes().vec(),
                        {static_cast<const std::byte*>(own.data_ptr()), own.nbytes()}});
  }
  const std::vector<NamedTensor>& tensors() const { return tensors_; }

 private:
  std::vector<at::Tensor> kept_;
  std::vector<NamedTensor> tensors_;
};

at::Tensor read(const Safetensors& file, const std::string& name, const at::Tensor& like) {
  const TensorView& view = file.at(name);
  if (view.shape != like.sizes().vec()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the checkpoint's tensor {} has another shape than the model's", name));
  }
  const std::vector<float> values = view.to_float();
  at::Tensor tensor = at::empty(view.shape, at::kFloat);
  std::memcpy(tensor.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return tensor;
}

void check_settings(const std::filesystem::path& file, const Json& saved, const Json& settings) {
  for (const auto& [key, value] : settings.items()) {
    const auto found = saved.find(key);
    if (found != saved.end() && *found == value) continue;
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} belongs to a run with another {} ({} there, {} now); give the same "
                            "options, or remove the file to start anew",
                            file.string(), key, found == saved.end() ? "none" : found->dump(),
                            value.dump()));
  }
}

OrderedJson to_json(const TrainState& state) {
  return {{"step", state.step},
          {"seconds", state.seconds},
          {"smoothed_loss", state.smoothed_loss},
          {"best_score", state.best_score},
          {"best_step", state.best_step},
          {"since_best", state.since_best},
          {"has_best", !state.best.empty()},
          {"evaluations", state.evaluations}};
}

}  // namespace

void save_checkpoint(const std::filesystem::path& file, const Network& network,
                     const Optimizer& optimizer, const TrainState& state, const Json& settings) {
  TensorList list;
  const std::vector<at::Tensor> moments = optimizer.moments();
  for (size_t i = 0; i < network.parameters().size(); ++i) {
    const Parameter& parameter = network.parameters()[i];
    list.add("value." + parameter.name, parameter.value);
    list.add("mean." + parameter.name, moments[2 * i]);
    list.add("square." + parameter.name, moments[2 * i + 1]);
    if (!state.best.empty()) list.add("best." + parameter.name, state.best[i]);
  }
  write_safetensors(file, list.tensors(),
                    {{"state", to_json(state).dump()}, {"settings", settings.dump()}});
}

TrainState load_checkpoint(const std::filesystem::path& path, const Network& network,
                           Optimizer* optimizer, const Json& settings) {
  const Safetensors file({path});
  const auto saved_state = file.metadata().find("state");
  const auto saved_settings = file.metadata().find("settings");
  if (saved_state == file.metadata().end() || saved_settings == file.metadata().end()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is not a checkpoint of training", path.string()));
  }
  check_settings(path, parse_json(saved_settings->second, path.string()), settings);
  const Json json = parse_json(saved_state->second, path.string());
  TrainState state;
  state.step = json.at("step").get<int64_t>();
  state.seconds = json.at("seconds").get<double>();
  state.smoothed_loss = json.at("smoothed_loss").get<double>();
  state.best_score = json.at("best_score").get<double>();
  state.best_step = json.at("best_step").get<int64_t>();
  state.since_best = json.at("since_best").get<int64_t>();
  state.evaluations = OrderedJson::parse(saved_state->second).at("evaluations");
  std::vector<at::Tensor> moments;
  for (const Parameter& parameter : network.parameters()) {
    parameter.value.detach().copy_(read(file, "value." + parameter.name, parameter.value));
    moments.push_back(read(file, "mean." + parameter.name, parameter.value));
    moments.push_back(read(file, "square." + parameter.name, parameter.value));
    if (json.at("has_best").get<bool>()) {
      state.best.push_back(read(file, "best." + parameter.name, parameter.value));
    }
  }
  if (state.step > 0) optimizer->restore(moments, state.step);
  return state;
}

}  // namespace jnlp
