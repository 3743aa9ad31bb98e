#include "server/openai_request.h"

#include <fmt/format.h>

#include "server/openai_error.h"
#include "server/openai_options.h"

namespace jnlp {
namespace {

constexpr int64_t kWholeContext = 1'000'000'000;
constexpr int64_t kDefaultCompletionTokens = 16;

std::string role_of(const OpenAiFields& message) {
  const std::string role = checked_text(message.need("role"), message.path("role"));
  if (role == "developer") return "system";
  if (role == "system" || role == "user" || role == "assistant") return role;
  fail_param(message.path("role"), "must be system, developer, user or assistant",
             "unsupported_value");
}

std::string content_of(const OpenAiFields& message) {
  const Json& content = message.need("content");
  const std::string path = message.path("content");
  if (content.is_string()) return checked_text(content, path);
  if (!content.is_array()) {
    fail_param(path,
               fmt::format("must be a string or a list of parts, not {}", content.type_name()),
               "invalid_type");
  }
  std::string text;
  for (size_t i = 0; i < content.size(); ++i) {
    const OpenAiFields part(content[i], fmt::format("{}[{}]", path, i));
    if (checked_text(part.need("type"), part.path("type")) != "text") {
      fail_param(part.path("type"), "must be text: the model reads nothing else",
                 "unsupported_value");
    }
    text += checked_text(part.need("text"), part.path("text"));
  }
  return text;
}

void read_common(const OpenAiFields& fields, std::string_view body, int64_t default_max_tokens,
                 OpenAiRequest* request) {
  request->model = fields.text("model");
  request->options = read_generate_options(fields, default_max_tokens);
  read_response_format(fields, body, &request->options);
  request->stream = fields.boolean("stream", false);
  const Json* options = fields.find("stream_options");
  if (options == nullptr) return;
  if (!request->stream) {
    fail_param(fields.path("stream_options"), "is for streams: it needs \"stream\": true");
  }
  request->include_usage =
      OpenAiFields(*options, fields.path("stream_options")).boolean("include_usage", false);
}

std::string prompt_of(const OpenAiFields& fields) {
  const Json& prompt = fields.need("prompt");
  const std::string path = fields.path("prompt");
  std::string text;
  if (!prompt.is_array()) {
    text = checked_text(prompt, path);
  } else if (prompt.size() != 1 || !prompt.front().is_string()) {
    fail_param(path,
               "must be a string, or a list of one: there is one answer to a request, and "
               "tokens are not taken for text",
               "unsupported_value");
  } else {
    text = checked_text(prompt.front(), path + "[0]");
  }
  if (text.empty()) fail_param(path, "is empty");
  return text;
}

}  // namespace

std::vector<ChatMessage> read_messages(const OpenAiFields& fields) {
  const Json& list = fields.need("messages");
  const std::string path = fields.path("messages");
  if (!list.is_array()) {
    fail_param(path, fmt::format("must be a list, not {}", list.type_name()), "invalid_type");
  }
  if (list.empty()) fail_param(path, "is an empty list");
  std::vector<ChatMessage> messages;
  messages.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    const OpenAiFields message(list[i], fmt::format("{}[{}]", path, i));
    std::string role = role_of(message);
    messages.push_back({std::move(role), content_of(message)});
  }
  return messages;
}

ChatCompletionRequest read_chat_completion(std::string_view body) {
  const Json json = parse_openai_body(body);
  const OpenAiFields fields(json);
  ChatCompletionRequest request;
  request.messages = read_messages(fields);
  read_common(fields, body, kWholeContext, &request);
  return request;
}

TextCompletionRequest read_text_completion(std::string_view body) {
  const Json json = parse_openai_body(body);
  const OpenAiFields fields(json);
  TextCompletionRequest request;
  request.prompt = prompt_of(fields);
  read_common(fields, body, kDefaultCompletionTokens, &request);
  return request;
}

}  // namespace jnlp
