// Frames of WebSocket /chat. They are UTF-8: Beast closes a socket on which others come.
#include "server/chat_frame.h"

#include "base/utf8.h"
#include "server/openai_error.h"
#include "target.h"

namespace {

using namespace jnlp;

void check(const ChatFrame& frame) {
  const bool is_turn =
      frame.kind == ChatFrame::Kind::message || frame.kind == ChatFrame::Kind::messages;
  JNLP_HOLDS(is_turn != frame.messages.empty());
  if (frame.kind == ChatFrame::Kind::message) {
    JNLP_HOLDS(frame.messages.size() == 1 && frame.messages[0].role == "user");
    JNLP_HOLDS(!frame.messages[0].content.empty());
  } else {
    JNLP_HOLDS(!frame.system);
  }
  for (const ChatMessage& message : frame.messages) {
    JNLP_HOLDS(is_valid_utf8(message.content));
    JNLP_HOLDS(message.content.find('\0') == std::string::npos);
  }
  JNLP_HOLDS(frame.options.max_tokens >= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (!is_valid_utf8(text)) return 0;
  fuzz::accepts([&] {
    try {
      check(read_chat_frame(text));
    } catch (const OpenAiError& error) {
      JNLP_HOLDS(error.status() == 400);
      JNLP_HOLDS(Json::accept(dump_json(openai_error_json(std::current_exception()))));
      throw;
    }
  });
  return 0;
}
