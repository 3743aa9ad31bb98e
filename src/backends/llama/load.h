#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "backends/llama/llama_backend.h"
#include "backends/llama/model.h"

namespace jnlp {

/// Tokens of a context when none is asked for, unless the model was trained for fewer.
inline constexpr int64_t kDefaultLlamaContext = 4096;

/// A model and what its sessions are made with.
struct LoadedLlama {
  std::shared_ptr<const LlamaModel> model;
  int64_t context_size = 0;  ///< tokens
  int threads = 0;
};

/// Starts llama.cpp, loads the file and settles what `options` leave open, for so many `sequences`
/// with a context each.
/// @throws Error as load_llama() says.
LoadedLlama load_llama_model(const std::filesystem::path& gguf, const LlamaOptions& options,
                             int sequences = 1);

}  // namespace jnlp
