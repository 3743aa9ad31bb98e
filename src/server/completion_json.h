#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backends/text_generator.h"
#include "base/json.h"

namespace jnlp {

/// Which of OpenAI's two forms an answer has.
enum class CompletionKind { chat, text };

/// One answer as OpenAI's API writes it: in one piece, or in chunks that have an id in common.
class CompletionJson {
 public:
  /// `id`: what is the answer's own; its kind is put before it.
  CompletionJson(CompletionKind kind, std::string_view id, std::string model);

  OrderedJson whole(const Generation& answer) const;

  /// The first chunk of a chat: who speaks.
  OrderedJson opening() const;
  OrderedJson piece(std::string_view text) const;
  /// The last chunk: why it ended.
  OrderedJson closing(FinishReason reason) const;
  /// A chunk without choices: what it cost.
  OrderedJson cost(const GenerationStats& stats) const;

 private:
  OrderedJson head(std::string_view object) const;
  OrderedJson chunk(OrderedJson choice, const char* finish_reason) const;

  const CompletionKind kind_;
  const std::string id_;
  const std::string model_;
  const int64_t created_;  // seconds since 1970
};

/// {"prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details"}
OrderedJson usage_json(const GenerationStats& stats);

}  // namespace jnlp
