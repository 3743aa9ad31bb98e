#include "server/chat_frame.h"

#include "server/openai_error.h"
#include "server/openai_options.h"
#include "server/openai_request.h"

namespace jnlp {
namespace {

// As `jetson-nlp chat` has it: room for the next turns is left.
constexpr int64_t kDefaultMaxTokens = 256;

ChatFrame command(const OpenAiFields& fields) {
  const std::string type = checked_text(fields.need("type"), "type");
  ChatFrame frame;
  if (type == "cancel") {
    frame.kind = ChatFrame::Kind::cancel;
  } else if (type == "reset") {
    frame.kind = ChatFrame::Kind::reset;
  } else {
    fail_param("type", "must be cancel or reset");
  }
  return frame;
}

}  // namespace

ChatFrame read_chat_frame(std::string_view text) {
  Json json;
  try {
    json = parse_openai_body(text);
  } catch (const OpenAiError&) {
    throw;  // JSON, but nested too deeply
  } catch (const Error&) {
    json = nullptr;  // just a text
  }
  ChatFrame frame;
  if (!json.is_object()) json = {{"message", text}};
  const OpenAiFields fields(json);
  if (fields.has("type")) return command(fields);
  frame.system = fields.text("system");
  if (fields.has("messages")) {
    if (fields.has("message")) fail_param("message", "excludes \"messages\"");
    if (frame.system) fail_param("system", "excludes \"messages\", which may begin with it");
    frame.kind = ChatFrame::Kind::messages;
    frame.messages = read_messages(fields);
  } else {
    frame.messages = {{"user", checked_text(fields.need("message"), "message")}};
    if (frame.messages.front().content.empty()) fail_param("message", "is empty");
  }
  frame.options = read_generate_options(fields, kDefaultMaxTokens);
  read_response_format(fields, text, &frame.options);
  return frame;
}

}  // namespace jnlp
