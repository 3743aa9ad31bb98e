#include "server/completion_json.h"

#include <fmt/format.h>

#include <ctime>

namespace jnlp {
namespace {

// OpenAI knows no "cancelled"; its clients never see one, since they have gone then.
const char* finish_reason_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::end_of_text:
    case FinishReason::stop_string:
      return "stop";
    case FinishReason::max_tokens:
    case FinishReason::context_full:
      return "length";
    case FinishReason::cancelled:
      return "cancelled";
  }
  return "stop";
}

}  // namespace

OrderedJson usage_json(const GenerationStats& stats) {
  return {{"prompt_tokens", stats.prompt_tokens},
          {"completion_tokens", stats.generated_tokens},
          {"total_tokens", stats.prompt_tokens + stats.generated_tokens},
          {"prompt_tokens_details", {{"cached_tokens", stats.reused_tokens}}}};
}

CompletionJson::CompletionJson(CompletionKind kind, std::string_view id, std::string model)
    : kind_(kind),
      id_(fmt::format("{}-{}", kind == CompletionKind::chat ? "chatcmpl" : "cmpl", id)),
      model_(std::move(model)),
      created_(std::time(nullptr)) {}

OrderedJson CompletionJson::head(std::string_view object) const {
  return {{"id", id_}, {"object", object}, {"created", created_}, {"model", model_}};
}

OrderedJson CompletionJson::chunk(OrderedJson choice, const char* finish_reason) const {
  choice["index"] = 0;
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = nullptr;
  if (finish_reason != nullptr) choice["finish_reason"] = finish_reason;
  OrderedJson json =
      head(kind_ == CompletionKind::chat ? "chat.completion.chunk" : "text_completion");
  json["choices"] = OrderedJson::array({std::move(choice)});
  return json;
}

OrderedJson CompletionJson::opening() const {
  return chunk({{"delta", {{"role", "assistant"}, {"content", ""}}}}, nullptr);
}

OrderedJson CompletionJson::piece(std::string_view text) const {
  if (kind_ == CompletionKind::text) return chunk({{"text", text}}, nullptr);
  return chunk({{"delta", {{"content", text}}}}, nullptr);
}

OrderedJson CompletionJson::closing(FinishReason reason) const {
  if (kind_ == CompletionKind::text) return chunk({{"text", ""}}, finish_reason_of(reason));
  return chunk({{"delta", OrderedJson::object()}}, finish_reason_of(reason));
}

OrderedJson CompletionJson::cost(const GenerationStats& stats) const {
  OrderedJson json =
      head(kind_ == CompletionKind::chat ? "chat.completion.chunk" : "text_completion");
  json["choices"] = OrderedJson::array();
  json["usage"] = usage_json(stats);
  return json;
}

OrderedJson CompletionJson::whole(const Generation& answer) const {
  OrderedJson choice = {{"index", 0}};
  if (kind_ == CompletionKind::chat) {
    choice["message"] = {{"role", "assistant"}, {"content", answer.text}, {"refusal", nullptr}};
  } else {
    choice["text"] = answer.text;
  }
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = finish_reason_of(answer.finish_reason);
  OrderedJson json = head(kind_ == CompletionKind::chat ? "chat.completion" : "text_completion");
  json["choices"] = OrderedJson::array({std::move(choice)});
  json["usage"] = usage_json(answer.stats);
  return json;
}

}  // namespace jnlp
