// Bodies of OpenAI's routes for chats and completions; those for embeddings come in
// task_routes.cpp.
#include <algorithm>

#include "backends/json_schema_grammar.h"
#include "base/utf8.h"
#include "server/openai_error.h"
#include "server/openai_request.h"
#include "target.h"

namespace {

using namespace jnlp;

bool is_text(const std::string& text) {
  return is_valid_utf8(text) && text.find('\0') == std::string::npos;
}

void check_generation(const GenerateOptions& options) {
  JNLP_HOLDS(options.max_tokens >= 1 && options.max_tokens <= 1'000'000'000);
  JNLP_HOLDS(options.temperature >= 0 && options.temperature <= 2);
  JNLP_HOLDS(options.top_p >= 0 && options.top_p <= 1);
  JNLP_HOLDS(options.min_p >= 0 && options.min_p <= 1);
  JNLP_HOLDS(options.top_k >= 0);
  JNLP_HOLDS(options.stop.size() <= 16);
  for (const std::string& stop : options.stop) JNLP_HOLDS(!stop.empty() && is_text(stop));
  // What was found good when the request was read is good when it is served.
  if (!options.json_schema.empty()) JNLP_HOLDS(!json_schema_grammar(options.json_schema).empty());
}

void check_messages(const std::vector<ChatMessage>& messages) {
  JNLP_HOLDS(!messages.empty());
  for (const ChatMessage& message : messages) {
    JNLP_HOLDS(message.role == "system" || message.role == "user" || message.role == "assistant");
    JNLP_HOLDS(is_text(message.content));
  }
}

// An error names its field in JSON that its client can read.
template <typename Read>
void try_out(const Read& read) {
  fuzz::accepts([&] {
    try {
      read();
    } catch (const OpenAiError& error) {
      JNLP_HOLDS(error.status() == 400 && !error.openai_code().empty());
      JNLP_HOLDS(Json::accept(openai_error_response(error).body));
      throw;
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body = fuzz::as_text(data, size);
  try_out([&] {
    const ChatCompletionRequest request = read_chat_completion(body);
    check_messages(request.messages);
    check_generation(request.options);
    JNLP_HOLDS(request.stream || !request.include_usage);
  });
  try_out([&] {
    const TextCompletionRequest request = read_text_completion(body);
    JNLP_HOLDS(!request.prompt.empty() && is_text(request.prompt));
    check_generation(request.options);
  });
  return 0;
}
