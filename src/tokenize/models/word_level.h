#pragma once

#include <string>

#include "tokenize/models/model.h"

namespace jnlp::tok {

/// Whole words only.
class WordLevel : public Model {
 public:
  WordLevel(Vocabulary vocabulary, std::string unknown_token);
  void tokenize(std::string_view word, ModelState* state,
                std::vector<ModelToken>* tokens) const override;
  std::optional<int32_t> unknown_id() const override {
    return unknown_id_ < 0 ? std::nullopt : std::optional(unknown_id_);
  }

 private:
  std::string unknown_token_;
  int32_t unknown_id_;
};

}  // namespace jnlp::tok
