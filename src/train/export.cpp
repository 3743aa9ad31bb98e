#include "train/export.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "formats/safetensors.h"
#include "formats/tokenizer_files.h"
#include "train/task_names.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// Tensors in the output's type, kept alive until the file is written.
class OutputTensors {
 public:
  explicit OutputTensors(bool half) : half_(half) {}

  void add(const std::string& name, const at::Tensor& tensor) {
    kept_.push_back(tensor.detach().cpu().to(half_ ? at::kHalf : at::kFloat).contiguous());
    const at::Tensor& own = kept_.back();
    tensors_.push_back({name,
                        half_ ? DType::f16 : DType::f32,
                        own.sizes().vec(),
                        {static_cast<const std::byte*>(own.data_ptr()), own.nbytes()}});
  }
  void write(const fs::path& path) const { write_safetensors(path, tensors_, {{"format", "pt"}}); }

 private:
  bool half_;
  std::vector<at::Tensor> kept_;
  std::vector<NamedTensor> tensors_;
};

Json model_config(const ModelDir& base, const Network& network, const TrainOptions& options,
                  const std::vector<std::string>& labels) {
  Json config = base.config;
  config["architectures"] = {architecture_name(network.config().model_type, options.task)};
  config.erase("_name_or_path");
  config.erase("id2label");
  config.erase("label2id");
  for (size_t i = 0; i < labels.size(); ++i) {
    config["id2label"][std::to_string(i)] = labels[i];
    config["label2id"][labels[i]] = i;
  }
  return config;
}

// The name behind the layer's index: "attention.self.query" for "bert.encoder.layer.0. ...".
std::string behind_index(const std::string& module) {
  size_t end = 0;
  for (size_t begin = 0; begin < module.size();) {
    const size_t dot = std::min(module.find('.', begin), module.size());
    const std::string_view part = std::string_view(module).substr(begin, dot - begin);
    if (part.find_first_not_of("0123456789") == std::string_view::npos) end = dot + 1;
    begin = dot + 1;
  }
  return module.substr(end);
}

// Ends of module names that match the trained layers of any index and no other module.
std::vector<std::string> peft_targets(const Network& network, const TrainOptions& options) {
  if (!options.lora.targets.empty()) return options.lora.targets;
  std::set<std::string> targets;
  for (const std::string& module : network.weights().lora_modules()) {
    targets.insert(behind_index(module));
  }
  return {targets.begin(), targets.end()};
}

const char* peft_task(TrainTask task) {
  if (task == TrainTask::classification) return "SEQ_CLS";
  return task == TrainTask::ner ? "TOKEN_CLS" : "QUESTION_ANS";
}

Json adapter_config(const Network& network, const TrainOptions& options) {
  const std::string base =
      options.files.base_name.empty() ? options.files.base.string() : options.files.base_name;
  return {{"peft_type", "LORA"},
          {"task_type", peft_task(options.task)},
          {"base_model_name_or_path", base},
          {"r", options.lora.rank},
          {"lora_alpha", options.lora.alpha},
          {"lora_dropout", 0.0},
          {"bias", "none"},
          {"fan_in_fan_out", false},
          {"inference_mode", true},
          {"init_lora_weights", true},
          {"target_modules", peft_targets(network, options)},
          {"modules_to_save", network.weights().head_modules()}};
}

void write_json(const fs::path& path, const Json& json) {
  write_file(path, dump_json(json, 2) + "\n");
}

void copy_tokenizer(const ModelDir& base, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(base.tokenizer_path)) {
    const fs::path name = entry.path().filename();
    if (is_tokenizer_file(name)) write_file(to / name, read_file(entry.path()));
  }
}

void write_weights(const fs::path& directory, const Network& network, const TrainOptions& options) {
  OutputTensors tensors(options.half_precision_output);
  if (options.method == TrainMethod::full) {
    for (const auto& [name, tensor] : network.weights().by_checkpoint_name()) {
      tensors.add(name, tensor);
    }
    tensors.write(directory / "model.safetensors");
    return;
  }
  for (const Parameter& parameter : network.parameters()) {
    tensors.add("base_model.model." + parameter.name, parameter.value);
  }
  write_json(directory / "adapter_config.json", adapter_config(network, options));
  tensors.write(directory / "adapter_model.safetensors");
}

void remove_quietly(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

}  // namespace

void replace_directory(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const fs::path old = to.string() + fmt::format(".old-{}", getpid());
  const bool replaces = fs::exists(to);
  if (replaces) fs::rename(to, old, error);
  if (!error) fs::rename(from, to, error);
  if (error) {
    std::error_code ignored;
    if (replaces && !fs::exists(to)) fs::rename(old, to, ignored);
    throw Error(ErrorCode::io, fmt::format("cannot put the result in place of {}: {}", to.string(),
                                           error.message()));
  }
  remove_quietly(old);
}

void export_model(const ModelDir& base, const Network& network, const TrainOptions& options,
                  const std::vector<std::string>& labels, const std::string& model_card,
                  const OrderedJson& report) {
  const fs::path partial = options.files.output.string() + fmt::format(".partial-{}", getpid());
  try {
    std::error_code error;
    fs::create_directories(partial, error);
    if (error) {
      throw Error(ErrorCode::io,
                  fmt::format("cannot create {}: {}", partial.string(), error.message()));
    }
    write_weights(partial, network, options);
    write_json(partial / "config.json", model_config(base, network, options, labels));
    if (options.method == TrainMethod::full || options.copy_tokenizer) {
      copy_tokenizer(base, partial);
    }
    write_file(partial / "README.md", model_card);
    write_file(partial / "training.json", dump_json(report, 2) + "\n");
    replace_directory(partial, options.files.output);
  } catch (...) {
    remove_quietly(partial);
    throw;
  }
}

}  // namespace jnlp
