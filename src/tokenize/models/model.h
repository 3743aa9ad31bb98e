#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tokenize/models/vocabulary.h"

namespace jnlp::tok {

/// A token of one piece of text; the range counts bytes of the piece. Ranges can reach beyond the
/// piece where `tokenizers` lets them. An empty range is a place in the piece.
struct ModelToken {
  int32_t id;
  uint32_t begin;
  uint32_t end;
};

/// Scratch memory and caches of a model for one thread at a time. What it remembers never changes
/// a result.
class ModelState {
 public:
  virtual ~ModelState() = default;
};

/// Turns a piece of text into tokens of the vocabulary.
class Model {
 public:
  explicit Model(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  virtual ~Model() = default;

  /// The state that tokenize() is given; null for a model that needs none.
  virtual std::unique_ptr<ModelState> make_state() const { return nullptr; }
  /// Appends the tokens of `piece` (well-formed UTF-8, not empty).
  /// @throws Error invalid_input when a part is in no token and the vocabulary has no token for
  ///   what is unknown.
  virtual void tokenize(std::string_view piece, ModelState* state,
                        std::vector<ModelToken>* tokens) const = 0;

  /// What marks tokens that continue a word; empty where nothing does.
  virtual std::string_view continuing_prefix() const { return {}; }
  /// The token for what the vocabulary lacks, if there is one.
  virtual std::optional<int32_t> unknown_id() const = 0;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Vocabulary vocabulary_;
};

using ModelPtr = std::unique_ptr<const Model>;

}  // namespace jnlp::tok
