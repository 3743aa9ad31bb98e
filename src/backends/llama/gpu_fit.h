#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "backends/llama/llama_backend.h"

namespace jnlp {

/// What a model takes of a device's memory, in bytes.
struct LayerMemory {
  std::vector<int64_t> layers;  ///< of each, first to last: weights, keys and values
  int64_t output = 0;           ///< the matrix that tokens are chosen with
  int64_t computing = 0;        ///< once per device, with what the device's own library takes
};

/// How many layers fit into devices that have `free` bytes each, counted as llama.cpp does: the
/// output is the first to go to a device, then the layers from the last one on; layers.size() + 1
/// is all. Of several devices each may have to leave the largest layer's room unused.
int64_t layers_that_fit(const LayerMemory& model, std::span<const int64_t> free);

/// What the GGUF file says of the memory that it needs with `context_size` tokens (0: as
/// load_llama() takes 0) for each of `sequences`.
/// @throws Error invalid_input for a file that is damaged, unsupported for a model in several
/// files.
LayerMemory read_layer_memory(const std::filesystem::path& gguf, int64_t context_size,
                              int sequences);

/// The devices with memory of their own, or that share the system's, which llama.cpp would use.
struct GpuMemory {
  std::string names;  ///< "CUDA0", "CUDA0 and CUDA1"; empty for none
  std::vector<int64_t> free;
};
GpuMemory gpu_memory();

/// The number for llama.cpp that `options` mean for this file and the memory that is free now; 0
/// for GpuLayers::Kind::automatic without a GPU. @throws Error unsupported for layers that were
/// asked for without a GPU, and as read_layer_memory().
int choose_gpu_layers(const std::filesystem::path& gguf, const LlamaOptions& options,
                      int sequences);

}  // namespace jnlp
