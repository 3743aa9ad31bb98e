#include "backends/llama/gpu_fit.h"

#include <fmt/format.h>
#include <ggml-backend.h>
#include <gguf.h>
#include <llama.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string_view>

#include "backends/llama/load.h"
#include "backends/llama/session.h"
#include "base/error.h"

namespace jnlp {
namespace {

using GgufHandle = std::unique_ptr<gguf_context, decltype(&gguf_free)>;

// What a device's library takes for itself, and room for what is not counted. An assumption: it was
// not measured on any GPU.
constexpr int64_t kDeviceReserve = int64_t{384} << 20;

// A number of the metadata, or the greatest of a list with one per layer.
std::optional<int64_t> number(const gguf_context* file, const std::string& key) {
  const int64_t id = gguf_find_key(file, key.c_str());
  if (id < 0) return std::nullopt;
  switch (gguf_get_kv_type(file, id)) {
    case GGUF_TYPE_UINT16:
      return gguf_get_val_u16(file, id);
    case GGUF_TYPE_UINT32:
      return gguf_get_val_u32(file, id);
    case GGUF_TYPE_INT32:
      return gguf_get_val_i32(file, id);
    default:
      break;
  }
  if (gguf_get_kv_type(file, id) != GGUF_TYPE_ARRAY) return std::nullopt;
  const gguf_type type = gguf_get_arr_type(file, id);
  const size_t count = gguf_get_arr_n(file, id);
  if ((type != GGUF_TYPE_UINT32 && type != GGUF_TYPE_INT32) || count == 0) return std::nullopt;
  const auto* values = static_cast<const int32_t*>(gguf_get_arr_data(file, id));
  return *std::max_element(values, values + count);
}

int64_t list_size(const gguf_context* file, const char* key) {
  const int64_t id = gguf_find_key(file, key);
  const bool list = id >= 0 && gguf_get_kv_type(file, id) == GGUF_TYPE_ARRAY;
  return list ? static_cast<int64_t>(gguf_get_arr_n(file, id)) : 0;
}

// The layer of a tensor such as "blk.12.attn_q.weight".
std::optional<size_t> layer_of(std::string_view tensor) {
  constexpr std::string_view kPrefix = "blk.";
  size_t layer = 0;
  if (!tensor.starts_with(kPrefix)) return std::nullopt;
  const char* begin = tensor.data() + kPrefix.size();
  const auto [end, error] = std::from_chars(begin, tensor.data() + tensor.size(), layer);
  return error == std::errc() && end != begin ? std::optional(layer) : std::nullopt;
}

void add_weights(const gguf_context* file, LayerMemory* memory) {
  int64_t embedding = 0;
  bool has_output = false;
  for (int64_t i = 0; i < gguf_get_n_tensors(file); ++i) {
    const std::string_view name = gguf_get_tensor_name(file, i);
    const auto bytes = static_cast<int64_t>(gguf_get_tensor_size(file, i));
    if (const auto layer = layer_of(name); layer && *layer < memory->layers.size()) {
      memory->layers[*layer] += bytes;
    } else if (name == "token_embd.weight") {
      embedding = bytes;
    } else {
      memory->output += bytes;
      has_output = has_output || name == "output.weight";
    }
  }
  // Such a model chooses tokens with the matrix that it reads them by, of which the device then
  // has a copy.
  if (!has_output) memory->output += embedding;
}

// Keys and values in FP16, of every layer for the whole context: a model that looks back less far
// in some of them needs less.
void add_cache(const gguf_context* file, const std::string& arch, int64_t context_size,
               int sequences, LayerMemory* memory) {
  const auto of = [&](const std::string& key) { return number(file, arch + "." + key); };
  const int64_t width = of("embedding_length").value_or(0);
  const int64_t heads = std::max<int64_t>(of("attention.head_count").value_or(1), 1);
  const int64_t kv_heads = of("attention.head_count_kv").value_or(heads);
  const int64_t key = of("attention.key_length").value_or(width / heads);
  const int64_t value = of("attention.value_length").value_or(width / heads);
  if (context_size == 0) {
    context_size =
        std::min(of("context_length").value_or(kDefaultLlamaContext), kDefaultLlamaContext);
  }
  const int64_t bytes = context_size * sequences * kv_heads * (key + value) * 2;
  for (int64_t& layer : memory->layers) layer += bytes;
  // Of a batch: logits, what is inside a feed-forward layer, a few times the width, and the weights
  // of attention of one layer, all in FP32.
  const int64_t tokens = list_size(file, "tokenizer.ggml.tokens");
  const int64_t inner = of("feed_forward_length").value_or(4 * width);
  memory->computing =
      kDeviceReserve + int64_t{kPromptBatch} * 4 *
                           (tokens + 2 * inner + 8 * width + heads * context_size * sequences);
}

}  // namespace

int64_t layers_that_fit(const LayerMemory& model, std::span<const int64_t> free) {
  const int64_t largest =
      model.layers.empty() ? 0 : *std::max_element(model.layers.begin(), model.layers.end());
  const int64_t unused = free.size() > 1 ? std::max(largest, model.output) : 0;
  int64_t room = 0;
  for (const int64_t bytes : free) {
    room += std::max<int64_t>(bytes - model.computing - unused, 0);
  }
  if (model.output > room) return 0;
  room -= model.output;
  int64_t count = 1;
  for (auto layer = model.layers.rbegin(); layer != model.layers.rend() && *layer <= room;
       ++layer) {
    room -= *layer;
    ++count;
  }
  // The output alone would send every token's state there and spare little.
  return count > 1 || model.layers.empty() ? count : 0;
}

LayerMemory read_layer_memory(const std::filesystem::path& gguf, int64_t context_size,
                              int sequences) {
  const GgufHandle file(gguf_init_from_file(gguf.c_str(), {.no_alloc = true, .ctx = nullptr}),
                        gguf_free);
  if (!file) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is not a GGUF file, or it is damaged", gguf.string()));
  }
  if (number(file.get(), "split.count").value_or(1) > 1) {
    throw Error(ErrorCode::unsupported,
                fmt::format("how many layers of a model in several files fit on the GPU is not "
                            "known ({}); give their number",
                            gguf.string()));
  }
  const int64_t key = gguf_find_key(file.get(), "general.architecture");
  const bool named = key >= 0 && gguf_get_kv_type(file.get(), key) == GGUF_TYPE_STRING;
  const std::string arch = named ? gguf_get_val_str(file.get(), key) : "";
  LayerMemory memory;
  constexpr int64_t kMostLayers = 10'000;  // a damaged file may say anything
  const int64_t layers = number(file.get(), arch + ".block_count").value_or(0);
  memory.layers.resize(static_cast<size_t>(std::clamp<int64_t>(layers, 0, kMostLayers)));
  add_weights(file.get(), &memory);
  add_cache(file.get(), arch, context_size, sequences, &memory);
  return memory;
}

GpuMemory gpu_memory() {
  GpuMemory found;
  // Those that are part of the CPU's chip only where there is no other, as llama.cpp does it.
  for (const auto type : {GGML_BACKEND_DEVICE_TYPE_GPU, GGML_BACKEND_DEVICE_TYPE_IGPU}) {
    for (size_t i = 0; i < ggml_backend_dev_count() && found.free.size() < 16; ++i) {
      ggml_backend_dev_t device = ggml_backend_dev_get(i);
      if (ggml_backend_dev_type(device) != type) continue;
      size_t free = 0;
      size_t total = 0;
      ggml_backend_dev_memory(device, &free, &total);
      if (total == 0) {  // it does not say; its memory is the system's
        ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
        if (cpu != nullptr) ggml_backend_dev_memory(cpu, &free, &total);
      }
      found.free.push_back(static_cast<int64_t>(free));
      found.names +=
          fmt::format("{}{}", found.names.empty() ? "" : " and ", ggml_backend_dev_name(device));
    }
    if (!found.free.empty()) break;
  }
  return found;
}

int choose_gpu_layers(const std::filesystem::path& gguf, const LlamaOptions& options,
                      int sequences) {
  const GpuLayers& wanted = options.gpu_layers;
  const bool automatic = wanted.kind == GpuLayers::Kind::automatic;
  if (wanted.kind == GpuLayers::Kind::count && wanted.count == 0) return 0;
  if (!llama_supports_gpu_offload()) {
    if (automatic) return 0;
    throw Error(ErrorCode::unsupported,
                "layers on a GPU were asked for, but this program's llama.cpp was built for the "
                "CPU only, or finds no GPU");
  }
  if (wanted.kind == GpuLayers::Kind::all) return std::numeric_limits<int>::max();
  if (!automatic) return wanted.count;
  const LayerMemory memory = read_layer_memory(gguf, options.context_size, sequences);
  return static_cast<int>(layers_that_fit(memory, gpu_memory().free));
}

}  // namespace jnlp
