#pragma once

#include <string>

#include "tokenize/models/model.h"
#include "tokenize/models/prefix_trie.h"

namespace jnlp::tok {

/// Greedy longest match from the left; a word with a part that is in no token is unknown as a
/// whole (Devlin et al., "BERT", and its tokenization.py).
class WordPiece : public Model {
 public:
  struct Options {
    std::string unknown_token = "[UNK]";
    std::string continuing_prefix = "##";
    /// Words of more code points are unknown.
    size_t max_word_length = 100;
  };

  WordPiece(Vocabulary vocabulary, Options options);
  void tokenize(std::string_view word, ModelState* state,
                std::vector<ModelToken>* tokens) const override;
  std::string_view continuing_prefix() const override { return options_.continuing_prefix; }
  std::optional<int32_t> unknown_id() const override { return unknown_id_; }

 private:
  int32_t require_unknown_id() const;

  Options options_;
  std::optional<int32_t> unknown_id_;
  PrefixTrie starts_;
  PrefixTrie continuations_;
};

}  // namespace jnlp::tok
