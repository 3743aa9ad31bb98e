#pragma once

#include <string_view>

#include "base/json.h"
#include "tasks/question_answerer.h"
#include "tasks/summarizer.h"
#include "tasks/text_classifier.h"
#include "tasks/token_classifier.h"

namespace jnlp {

// Results as the server's JSON has them. Offsets are of code points in `text`.

/// {"label", "score", "tokens", "truncated"}, with "labels" unless top_k is 1.
OrderedJson to_json(const Classification& result, int top_k);
/// {"entities": [{"label", "score", "text", "start", "end"}], "tokens", "windows"}
OrderedJson to_json(const Entities& result, std::string_view text);
/// {"answer", "score", "start", "end", "tokens", "windows"}, with "answers" unless top_k is 1.
OrderedJson to_json(const Answers& result, std::string_view context, int top_k);
/// {"summary", "sentences": [{"text", "start", "end"}], "document_sentences", "truncated"}
OrderedJson to_json(const Summary& result, std::string_view document);

}  // namespace jnlp
