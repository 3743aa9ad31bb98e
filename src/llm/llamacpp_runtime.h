#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backends/llama/llama_backend.h"
#include "llm/runtime.h"

namespace jnlp {

/// llama.cpp in this process. `name` is what the user called the file.
/// @throws Error unsupported when this program was built without llama.cpp.
std::unique_ptr<LlmRuntime> make_llamacpp_runtime(const std::filesystem::path& gguf,
                                                  const std::string& name,
                                                  const LlamaOptions& options);

}  // namespace jnlp
