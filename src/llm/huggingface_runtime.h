#pragma once

#include <memory>
#include <string>

#include "llm/runtime.h"

namespace jnlp {

struct HuggingfaceOptions {
  std::string model;               ///< a directory, a GGUF file, or a name that Transformers finds
  int threads = 0;                 ///< of torch; 0: as it thinks best
  std::string device = "cpu";      ///< or "cuda", or "auto": where there is one
  std::string python = {};         ///< empty: $JNLP_PYTHON, else python3 on PATH
  double patience_seconds = 3600;  ///< for one answer; then the process is killed
};

/// Hugging Face Transformers in FP32 (a GGUF file's weights are widened to it), in a Python process
/// of its own that lives as long as this. Loading is timed from `from_pretrained`, when Python has
/// imported what the model needs. The scorer reads every text from its beginning, also what it has
/// in common with the last one.
std::unique_ptr<LlmRuntime> make_huggingface_runtime(const HuggingfaceOptions& options);

}  // namespace jnlp
