#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/text_generator.h"

namespace jnlp {

/// What a client of WebSocket /chat says in one frame.
struct ChatFrame {
  enum class Kind {
    message,   ///< a turn of the conversation
    messages,  ///< a whole conversation instead of that which was
    cancel,    ///< ends the answer that is being written
    reset,     ///< forgets the conversation
  };
  Kind kind = Kind::message;
  std::vector<ChatMessage> messages;  ///< of Kind::message only that one
  std::optional<std::string> system;  ///< beside a message
  GenerateOptions options;
};

/// Reads {"message"}, {"messages"}, {"type": "cancel"} or {"type": "reset"}; text that is no JSON
/// object is itself the message. Beside messages stand the options of /v1/chat/completions.
/// @throws OpenAiError naming the field.
ChatFrame read_chat_frame(std::string_view text);

}  // namespace jnlp
