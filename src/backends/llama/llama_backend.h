#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "backends/text_generation_pool.h"
#include "backends/text_generator.h"
#include "backends/text_scorer.h"

namespace jnlp {

/// Layers of a model to keep on a GPU, from its end: the matrix that tokens are chosen with is the
/// first of them, so that a model of 30 layers has 31.
struct GpuLayers {
  enum class Kind {
    count,
    all,
    automatic,  ///< as many as fit into the memory that is free; 0 where there is no GPU
  };
  GpuLayers() = default;
  GpuLayers(Kind what) : kind(what) {}
  /// Not explicit, so that a number can be given as one. A negative one is all.
  GpuLayers(int number) : kind(number < 0 ? Kind::all : Kind::count), count(number) {}

  Kind kind = Kind::count;
  int count = 0;
};

/// How a GGUF model is loaded.
struct LlamaOptions {
  int64_t context_size = 0;   ///< tokens; 0: what the model was trained for, but at most 4096
  int threads = 0;            ///< 0: as many as the process may use
  GpuLayers gpu_layers = {};  ///< none, unless asked for
};

/// Whether this program was built with llama.cpp. Without it load_llama() always throws.
bool has_llama();

/// Loads a GGUF file into llama.cpp, which maps its weights into memory.
/// @throws Error not_found or invalid_input for a file that is missing or damaged; invalid_input
///   for a context longer than the model was trained for; unsupported for a model that generates no
///   text, layers on a GPU that this llama.cpp cannot use, a CPU older than the one that it was
///   built for, or a program built without llama.cpp.
std::unique_ptr<TextGenerator> load_llama(const std::filesystem::path& gguf,
                                          const LlamaOptions& options = {});

/// The same for up to `slots` (1 to 64) requests at once, each with a context of its own of
/// LlamaOptions::context_size. @throws Error as load_llama(), and invalid_input for other `slots`.
std::unique_ptr<TextGenerationPool> load_llama_pool(const std::filesystem::path& gguf,
                                                    const LlamaOptions& options, int slots);

/// The same to score texts with. @throws Error as load_llama().
std::unique_ptr<TextScorer> load_llama_scorer(const std::filesystem::path& gguf,
                                              const LlamaOptions& options = {});

}  // namespace jnlp
