#include "llm/openai_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "llm/json_fields.h"
#include "llm/server_client.h"

namespace jnlp {

void OpenAiStream::begin(int, const HttpHeaders& headers) {
  const auto type = headers.find("content-type");
  if (type != headers.end() && type->second.starts_with("text/event-stream")) return;
  throw Error(ErrorCode::io,
              fmt::format("the server was asked for a stream of events and answers with {}",
                          type == headers.end() ? "no type" : type->second));
}

void OpenAiStream::take(std::string_view data) {
  if (data == "[DONE]") {
    done_ = true;
    return;
  }
  const Json message = Json::parse(data, nullptr, false);
  if (!message.is_object()) {
    throw Error(ErrorCode::io, fmt::format("the server's answer has an event that is not JSON: {}",
                                           data.substr(0, 200)));
  }
  if (field(message, "error") != nullptr) {
    throw Error(ErrorCode::io,
                "the server failed in the middle of its answer: " + error_text(std::string(data)));
  }
  const Json* choices = field(message, "choices");
  if (choices != nullptr && choices->is_array() && !choices->empty()) take_choice(choices->front());
  // Usage comes last, and from some servers with every piece; timings only with the last one.
  if (const Json* usage = field(message, "usage")) take_usage(*usage);
  if (const Json* timings = field(message, "timings")) take_timings(*timings);
  if (fingerprint_.empty()) fingerprint_ = text_field(message, "system_fingerprint");
}

void OpenAiStream::take_choice(const Json& choice) {
  const Json* delta = field(choice, "delta");
  const std::string text =
      delta == nullptr ? text_field(choice, "text") : text_field(*delta, "content");
  bool has_begun = !text.empty();
  if (delta != nullptr) {
    // A model that thinks first writes that too, beside its text.
    for (const char* key : {"reasoning_content", "reasoning"}) {
      has_begun = has_begun || !text_field(*delta, key).empty();
    }
  }
  if (has_begun && !first_text_) first_text_ = stopwatch_.seconds();
  answer_.text += text;
  answer_.seconds = stopwatch_.seconds();
  if (!text_field(choice, "finish_reason").empty()) done_ = true;
}

void OpenAiStream::take_usage(const Json& usage) {
  answer_.prompt_tokens = count_field(usage, "prompt_tokens");
  answer_.generated_tokens = count_field(usage, "completion_tokens");
  if (const Json* details = field(usage, "prompt_tokens_details")) {
    answer_.reused_tokens = std::max<int64_t>(count_field(*details, "cached_tokens"), 0);
  }
}

// llama.cpp's server counts what it read and what it had; its clock of what it wrote begins at the
// first token.
void OpenAiStream::take_timings(const Json& timings) {
  const int64_t read = count_field(timings, "prompt_n");
  const int64_t reused = count_field(timings, "cache_n");
  const int64_t written = count_field(timings, "predicted_n");
  const auto read_ms = number_field(timings, "prompt_ms");
  const auto written_ms = number_field(timings, "predicted_ms");
  if (reused >= 0) answer_.reused_tokens = reused;
  if (answer_.prompt_tokens < 0 && read >= 0 && reused >= 0) answer_.prompt_tokens = read + reused;
  if (answer_.generated_tokens < 0) answer_.generated_tokens = written;
  if (read_ms) answer_.prefill_seconds = *read_ms * 1e-3;
  if (written_ms && written >= 0) {
    answer_.decode_seconds = *written_ms * 1e-3;
    answer_.decode_tokens = std::max<int64_t>(written - 1, 0);
  }
}

RuntimeAnswer OpenAiStream::finish() {
  if (!done_) {
    throw Error(ErrorCode::io, "the server ended its answer in the middle; see its log");
  }
  answer_.first_token_seconds = first_text_.value_or(answer_.seconds);
  return answer_;
}

}  // namespace jnlp
