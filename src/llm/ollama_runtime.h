#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "llm/runtime.h"

namespace jnlp {

/// How a model runs behind an Ollama server.
struct OllamaOptions {
  std::string url = {};    ///< empty: $OLLAMA_HOST, else http://127.0.0.1:11434
  std::string model = {};  ///< as `ollama list` names it; empty with a file: named after the file
  /// A GGUF file. Where the server has no such model yet, it gets one made of this file, which then
  /// stays there.
  std::filesystem::path gguf = {};
  int threads = 0;                     ///< 0: as Ollama thinks best
  std::optional<int> gpu_layers = {};  ///< absent: as Ollama thinks best
  int64_t context_size = 0;            ///< tokens; 0: as Ollama thinks best
};

/// Ollama, by its REST API. Texts to continue go to the model as they are ("raw"). Times are of the
/// request, the server's own share of it included. Its eval_duration begins at the first token, so
/// decode_seconds are those of one token less than eval_count. Ollama does not say how much of a
/// prompt it had in memory from the request before: reused_tokens is always 0.
/// @throws Error invalid_input for options without model and file, or a bad address.
std::unique_ptr<LlmRuntime> make_ollama_runtime(const OllamaOptions& options);

/// The address that a value of $OLLAMA_HOST means to a client, for example "0.0.0.0" is
/// "http://127.0.0.1:11434".
std::string ollama_url(const std::string& host);

}  // namespace jnlp
