#include "models/sentence_pooling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "ops/rows.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using Mode = SentencePooling::Mode;

struct ModeName {
  const char* flag;  // a boolean of its own
  const char* name;  // value of "pooling_mode" in newer files
  Mode mode;
};

// In the order in which sentence-transformers joins them.
constexpr std::array kModes = std::to_array<ModeName>({
    {"pooling_mode_cls_token", "cls", Mode::cls},
    {"pooling_mode_max_tokens", "max", Mode::max},
    {"pooling_mode_mean_tokens", "mean", Mode::mean},
    {"pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", Mode::mean_sqrt_len},
    {"pooling_mode_weightedmean_tokens", "weightedmean", Mode::weighted_mean},
    {"pooling_mode_lasttoken", "lasttoken", Mode::last_token},
});

[[noreturn]] void fail(ErrorCode code, const fs::path& file, const std::string& why) {
  throw Error(code, fmt::format("{}: {}", file.string(), why));
}

bool names_mode(const Json& value, std::string_view name) {
  if (value.is_string()) return value == name;
  return value.is_array() && std::find(value.begin(), value.end(), name) != value.end();
}

std::vector<Mode> read_modes(const fs::path& file) {
  const Json config = read_json_file(file);
  std::vector<Mode> modes;
  for (const ModeName& mode : kModes) {
    const bool flagged = config.value(mode.flag, Json()) == true;
    if (flagged || names_mode(config.value("pooling_mode", Json()), mode.name)) {
      modes.push_back(mode.mode);
    }
  }
  if (modes.empty()) fail(ErrorCode::unsupported, file, "it names no pooling mode that is known");
  return modes;
}

Activation dense_activation(const Json& config, const fs::path& file) {
  const std::string name = config.value("activation_function", "torch.nn.modules.linear.Identity");
  const std::string_view last = std::string_view(name).substr(name.find_last_of('.') + 1);
  if (last == "Identity") return Activation::none;
  if (last == "Tanh") return Activation::tanh;
  if (last == "ReLU") return Activation::relu;
  if (last == "GELU") return Activation::gelu;
  fail(ErrorCode::unsupported, file, fmt::format("the activation '{}' is not supported", name));
}

// A folder inside the model's own, relative to it.
fs::path module_folder(const Json& module, const fs::path& file) {
  fs::path relative = fs::path(module.value("path", "")).lexically_normal();
  if (relative.is_absolute() || relative.string().starts_with("..")) {
    fail(ErrorCode::invalid_input, file, "a module's path leaves the model's directory");
  }
  return relative;
}

void normalize(const Kernels& kernels, float* row, int64_t size) {
  // As torch.nn.functional.normalize: a vector of zeros stays one.
  const float norm = std::max(std::sqrt(kernels.sum_of_squares(row, size)), 1e-12F);
  kernels.scale(row, 1.0F / norm, size);
}

}  // namespace

SentencePooling::SentencePooling(const ModelDir& model, int64_t hidden_size, LayerSource& source)
    : hidden_size_(hidden_size), output_size_(hidden_size), modes_{Mode::mean} {
  const fs::path directory = model.modules_path();
  const fs::path file = directory / "modules.json";
  if (!fs::exists(file)) return;
  const Json modules = read_json_file(file);
  if (!modules.is_array()) fail(ErrorCode::invalid_input, file, "it is not a list of modules");
  for (const Json& module : modules) {
    const std::string type = module.is_object() ? module.value("type", "") : "";
    const std::string_view kind = std::string_view(type).substr(type.find_last_of('.') + 1);
    const fs::path folder = module_folder(module, file);
    const fs::path path = directory / folder;
    if (kind == "Transformer") continue;
    if (kind == "Pooling") {
      modes_ = read_modes(path / "config.json");
      output_size_ = static_cast<int64_t>(modes_.size()) * hidden_size;
    } else if (kind == "Normalize") {
      steps_.push_back({true, {}});
    } else if (kind == "Dense") {
      const Json config = read_json_file(path / "config.json");
      steps_.push_back({false,
                        {source.module_linear(folder, output_size_, config.value("bias", true)),
                         dense_activation(config, path / "config.json")}});
      output_size_ = steps_.back().dense.layer.outputs();
    } else {
      fail(ErrorCode::unsupported, file, fmt::format("the module '{}' is not supported", type));
    }
  }
}

bool SentencePooling::first_token_only() const {
  return modes_.size() == 1 && modes_[0] == Mode::cls;
}

void SentencePooling::pool(const Kernels& kernels, const float* rows, int64_t length,
                           float* out) const {
  const int64_t n = hidden_size_;
  for (const Mode mode : modes_) {
    const float* source = mode == Mode::last_token ? rows + (length - 1) * n : rows;
    std::copy_n(source, n, out);
    if (mode == Mode::weighted_mean) {
      std::vector<float> row(static_cast<size_t>(n));
      for (int64_t i = 1; i < length; ++i) {
        std::copy_n(rows + i * n, n, row.begin());
        kernels.scale(row.data(), static_cast<float>(i + 1), n);
        kernels.add(out, row.data(), n);
      }
      kernels.scale(out, 2.0F / (static_cast<float>(length) * static_cast<float>(length + 1)), n);
    } else if (mode == Mode::max) {
      for (int64_t i = 1; i < length; ++i) kernels.maximum(out, rows + i * n, n);
    } else if (mode == Mode::mean || mode == Mode::mean_sqrt_len) {
      for (int64_t i = 1; i < length; ++i) kernels.add(out, rows + i * n, n);
      const auto count = static_cast<float>(length);
      kernels.scale(out, 1.0F / (mode == Mode::mean ? count : std::sqrt(count)), n);
    }
    out += n;
  }
}

void SentencePooling::run(const Exec& exec, const Batch& batch, const float* hidden,
                          LinearScratch* scratch, float* out) const {
  const bool first_only = first_token_only();
  int64_t size = static_cast<int64_t>(modes_.size()) * hidden_size_;
  FloatBuffer current(batch.sequences() * size);
  exec.pool.parallel_for(batch.sequences(), [&](int64_t s, int) {
    const auto i = static_cast<size_t>(s);
    const int64_t begin = first_only ? s : batch.cu_seqlens[i];
    const int64_t length = first_only ? 1 : batch.cu_seqlens[i + 1] - begin;
    pool(exec.kernels, hidden + begin * hidden_size_, length, current.data() + s * size);
  });
  for (const Step& step : steps_) {
    if (step.normalize) {
      for (int64_t s = 0; s < batch.sequences(); ++s) {
        normalize(exec.kernels, current.data() + s * size, size);
      }
      continue;
    }
    const int64_t outputs = step.dense.layer.outputs();
    FloatBuffer next(batch.sequences() * outputs);
    linear(exec, step.dense.layer.view(), {current.data(), batch.sequences(), size},
           step.dense.activation, scratch, next.data(), outputs);
    current = std::move(next);
    size = outputs;
  }
  std::copy_n(current.data(), batch.sequences() * size, out);
}

}  // namespace jnlp
