#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tokenize/models/merges.h"
#include "tokenize/models/model.h"

namespace jnlp::tok {

/// Byte pair encoding (Sennrich et al., 2016): neighbours merge in the order of their ranks.
class Bpe : public Model {
 public:
  struct Options {
    std::string unknown_token;  ///< empty for none: what is unknown is then left out
    std::string continuing_prefix;
    std::string word_suffix;
    bool fuse_unknown = false;
    bool byte_fallback = false;
    bool ignore_merges = false;  ///< a piece that is a token stays whole
  };

  Bpe(Vocabulary vocabulary, MergeTable merges, Options options);

  std::unique_ptr<ModelState> make_state() const override;
  void tokenize(std::string_view piece, ModelState* state,
                std::vector<ModelToken>* tokens) const override;

  std::string_view continuing_prefix() const override { return options_.continuing_prefix; }
  std::optional<int32_t> unknown_id() const override {
    if (options_.unknown_token.empty()) return std::nullopt;
    return vocabulary().find(options_.unknown_token);
  }

  /// Makes tokenize() take text as it is instead of text spelled in GPT-2's byte alphabet; the
  /// tokens are the same, with ranges that count the text's own bytes. False, and nothing
  /// changes, when the vocabulary does not have all letters or other options stand against it.
  bool use_bytes();

 private:
  struct Symbol {
    int32_t id;
    int32_t previous;
    int32_t next;
    uint32_t length;  // bytes; 0 once merged into the one before
  };
  struct Candidate {
    uint32_t rank;
    int32_t position;
    int32_t id;
    bool operator<(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : position > other.position;
    }
  };
  class PieceCache;
  struct State;

  void split(std::string_view piece, std::vector<Symbol>* symbols) const;
  bool add_bytes(std::string_view text, std::vector<Symbol>* symbols) const;
  int32_t require_unknown_id() const;
  void merge(State* state) const;
  void merge_short(std::vector<Symbol>* symbols) const;
  std::optional<int32_t> whole_token(std::string_view piece) const;

  MergeTable merges_;
  Options options_;
  std::array<int32_t, 256> byte_fallback_ids_;
  std::array<int32_t, 256> letter_ids_;  // of the letters of GPT-2's alphabet
  std::array<int32_t, 128> ascii_ids_;   // of single characters, when nothing is put around them
  bool takes_bytes_ = false;
  Vocabulary byte_vocabulary_;  // tokens as the bytes they spell
};

}  // namespace jnlp::tok
