#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "backends/llama/llama_backend.h"

namespace jnlp {

/// How fast a model reads a prompt and writes behind it, without choosing tokens.
struct LlamaSpeed {
  double prefill_tokens_per_second = 0;  ///< 128 tokens read at once
  double decode_tokens_per_second = 0;   ///< 64 tokens one after another behind them
};

/// Medians of `rounds`, in each of which the models run in turn, after one round to warm up.
/// @throws Error as load_llama().
std::vector<LlamaSpeed> measure_llama_speed(std::span<const std::filesystem::path> models,
                                            const LlamaOptions& options, int rounds);

}  // namespace jnlp
