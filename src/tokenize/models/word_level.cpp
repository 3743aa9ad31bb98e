#include "tokenize/models/word_level.h"

#include <fmt/format.h>

#include "base/error.h"

namespace jnlp::tok {

WordLevel::WordLevel(Vocabulary vocabulary, std::string unknown_token)
    : Model(std::move(vocabulary)),
      unknown_token_(std::move(unknown_token)),
      unknown_id_(this->vocabulary().find(unknown_token_).value_or(-1)) {}

void WordLevel::tokenize(std::string_view word, ModelState* /*state*/,
                         std::vector<ModelToken>* tokens) const {
  const int32_t id = vocabulary().find(word).value_or(unknown_id_);
  if (id < 0) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("the word \"{}\" and the unknown token \"{}\" are not in the vocabulary "
                    "of the tokenizer",
                    word, unknown_token_));
  }
  tokens->push_back({id, 0, static_cast<uint32_t>(word.size())});
}

}  // namespace jnlp::tok
