#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tokenize/models/model.h"
#include "tokenize/models/prefix_trie.h"

namespace jnlp::tok {

/// The most probable segmentation (Kudo, 2018), found by Viterbi as `tokenizers` does it.
class Unigram : public Model {
 public:
  struct Options {
    int32_t unknown_id = -1;  ///< -1 for none
    bool byte_fallback = false;
  };

  /// `scores` has one entry for each id.
  Unigram(Vocabulary vocabulary, std::vector<double> scores, Options options);

  std::unique_ptr<ModelState> make_state() const override;
  void tokenize(std::string_view piece, ModelState* state,
                std::vector<ModelToken>* tokens) const override;
  std::optional<int32_t> unknown_id() const override {
    return options_.unknown_id < 0 ? std::nullopt : std::optional(options_.unknown_id);
  }

 private:
  struct Node;
  struct State;

  void find_best_path(std::string_view piece, std::vector<Node>* nodes) const;
  void add_unlisted(std::string_view text, uint32_t begin, std::vector<ModelToken>* tokens) const;
  int32_t require_unknown_id() const;

  std::vector<double> scores_;
  Options options_;
  double unknown_score_;
  PrefixTrie trie_;
  std::array<int32_t, 256> byte_ids_;
};

}  // namespace jnlp::tok
