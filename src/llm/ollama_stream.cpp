#include "llm/ollama_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "llm/json_fields.h"

namespace jnlp {
namespace {

std::optional<double> seconds_field(const Json& json, const char* key) {
  const auto nanoseconds = number_field(json, key);
  return nanoseconds ? std::optional(*nanoseconds * 1e-9) : std::nullopt;
}

}  // namespace

void OllamaStream::take(std::string_view line) {
  if (line.empty()) return;
  const Json message = Json::parse(line, nullptr, false);
  if (!message.is_object()) {
    throw Error(ErrorCode::io, fmt::format("Ollama's answer has a line that is not JSON: {}",
                                           line.substr(0, 200)));
  }
  if (field(message, "error") != nullptr) {
    throw Error(ErrorCode::io,
                "Ollama failed in the middle of its answer: " + text_field(message, "error"));
  }
  const Json* chat = field(message, "message");
  const std::string text =
      chat == nullptr ? text_field(message, "response") : text_field(*chat, "content");
  // A model that thinks first writes that too, beside its text.
  const std::string thinking = text_field(chat == nullptr ? message : *chat, "thinking");
  if (!first_text_ && !(text.empty() && thinking.empty())) first_text_ = stopwatch_.seconds();
  answer_.text += text;
  const Json* done = field(message, "done");
  if (done != nullptr && done->is_boolean() && done->get<bool>()) take_last(message);
}

void OllamaStream::take_last(const Json& message) {
  done_ = true;
  answer_.seconds = stopwatch_.seconds();
  answer_.prompt_tokens = count_field(message, "prompt_eval_count");
  answer_.generated_tokens = count_field(message, "eval_count");
  answer_.prefill_seconds = seconds_field(message, "prompt_eval_duration");
  answer_.decode_seconds = seconds_field(message, "eval_duration");
  if (answer_.generated_tokens >= 0) {
    answer_.decode_tokens = std::max<int64_t>(answer_.generated_tokens - 1, 0);
  }
  // Left out where it is 0, which it is for a single token.
  if (!answer_.decode_seconds && answer_.generated_tokens == 1) answer_.decode_seconds = 0;
}

RuntimeAnswer OllamaStream::finish() {
  lines_.finish();
  if (!done_) {
    throw Error(ErrorCode::io, "Ollama ended its answer in the middle; see its log");
  }
  answer_.first_token_seconds = first_text_.value_or(answer_.seconds);
  return answer_;
}

}  // namespace jnlp
