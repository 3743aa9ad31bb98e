#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/text_generator.h"
#include "server/openai_fields.h"

namespace jnlp {

/// What requests for a text have in common.
struct OpenAiRequest {
  std::optional<std::string> model;  ///< unset: the one that there is
  GenerateOptions options;
  bool stream = false;
  bool include_usage = false;  ///< a last chunk with what the answer cost
};

struct ChatCompletionRequest : OpenAiRequest {
  std::vector<ChatMessage> messages;
};

struct TextCompletionRequest : OpenAiRequest {
  std::string prompt;
};

/// The body of POST /v1/chat/completions. Without a limit the answer may fill the context.
/// @throws OpenAiError naming the field, or Error invalid_input for text that is no JSON.
ChatCompletionRequest read_chat_completion(std::string_view body);
/// The body of POST /v1/completions: one prompt; 16 tokens without a limit, as OpenAI has it.
TextCompletionRequest read_text_completion(std::string_view body);

/// The field "messages": a list of {"role", "content"}; the content a string or a list of text
/// parts, which are joined. "developer" means system. @throws OpenAiError.
std::vector<ChatMessage> read_messages(const OpenAiFields& fields);

}  // namespace jnlp
