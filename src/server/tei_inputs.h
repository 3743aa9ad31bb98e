#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/request_fields.h"
#include "tasks/model.h"
#include "tasks/text_classifier.h"

namespace jnlp {

// What requests in the shape of text-embeddings-inference carry.

/// Texts that are to be classified: alone, or with a second one.
struct TeiSequences {
  std::vector<ClassifierInput> inputs;
  bool is_batch = false;  ///< the answer is a list for each

  /// All texts, one behind the other.
  std::vector<std::string> texts() const;
  /// "12" for a single text and a pair: what tells apart inputs with the same texts.
  std::string shape() const;
};

/// "inputs" of /predict: a string; ["text"] and ["text", "pair"] for one input; [["text"], ["text",
/// "pair"], ...] for many.
/// @throws TeiError.
TeiSequences tei_sequences(const RequestFields& fields);

/// A field that is a string or a list of strings, none of them empty.
/// @throws TeiError.
std::vector<std::string> tei_texts(const Json& object, const std::string& name);

/// "truncate" (default true, as there) and "truncation_direction".
/// @throws http::HttpError 422.
LengthOptions tei_length(const RequestFields& fields);
/// For keys of caches.
std::string to_text(const LengthOptions& length);

/// Refuses "prompt_name": there are no prompts here.
/// @throws TeiError.
void refuse_prompts(const RequestFields& fields);

/// Code points of all texts together.
size_t count_characters(const std::vector<std::string>& texts);

}  // namespace jnlp
