#pragma once

#include <memory>
#include <string>

#include "llm/runtime.h"

namespace jnlp {

/// A server that speaks OpenAI's protocol: llama.cpp's, vLLM, LM Studio, OpenAI itself, others.
struct OpenAiOptions {
  /// With or without "/v1" at the end. Empty: $OPENAI_BASE_URL, else http://127.0.0.1:8080, where
  /// llama.cpp's server listens.
  std::string url = {};
  std::string model = {};    ///< empty: the only one that the server has
  std::string api_key = {};  ///< empty: $OPENAI_API_KEY, else none
};

/// Texts to continue go to /v1/completions, chats to /v1/chat/completions. Counts are the server's
/// `usage`, or llama.cpp's `timings`; where it sends neither they are -1. Its model was loaded
/// before we came, so loading is not measured. There is no scorer: these servers either do not give
/// the log-probabilities of a prompt, or not by the tokens that TextScorer means.
/// @throws Error invalid_input for a bad address.
std::unique_ptr<LlmRuntime> make_openai_runtime(const OpenAiOptions& options);

}  // namespace jnlp
