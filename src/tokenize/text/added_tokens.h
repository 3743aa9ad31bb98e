#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tokenize/models/model.h"
#include "tokenize/models/prefix_trie.h"
#include "tokenize/text/normalizers.h"
#include "tokenize/text/pieces.h"

namespace jnlp::tok {

/// A token that is looked for in the text itself, before the model sees it.
struct AddedToken {
  std::string content;
  bool single_word = false;  ///< only between characters that are no word characters
  bool lstrip = false;       ///< takes in the white space before it
  bool rstrip = false;       ///< takes in the white space behind it
  bool normalized = true;    ///< looked for in normalized text, in normalized form
  bool special = false;      ///< left out by decode() when asked to
};

/// The added tokens of a tokenizer, with the ids that `tokenizers` gives them: those of the model's
/// vocabulary, else the next free ones.
class AddedVocabulary {
 public:
  AddedVocabulary() = default;
  AddedVocabulary(const std::vector<AddedToken>& tokens, const Vocabulary& model,
                  const Normalizer* normalizer);

  /// Cuts the added tokens out of `text` (well-formed UTF-8) and normalizes the rest.
  PieceList split(std::string_view text, const Normalizer* normalizer) const;
  /// True when `text` surely holds no added token, so that split() would only normalize.
  bool is_absent_from(std::string_view text) const;

  std::optional<int32_t> find(std::string_view content) const;
  /// The added token of an id, or null.
  const AddedToken* token(int32_t id) const;
  /// The token as the decoder wants it: normalized when it is matched so.
  std::string_view decoder_form(int32_t id) const;
  bool is_special(std::string_view content) const {
    return special_.contains(std::string(content));
  }
  /// One more than the largest id, 0 when there are none.
  size_t id_limit() const { return tokens_.empty() ? 0 : tokens_.rbegin()->first + size_t{1}; }
  /// Added tokens that the model's vocabulary does not have.
  size_t beyond_model() const { return beyond_model_; }
  bool empty() const { return tokens_.empty(); }

 private:
  struct Found {
    TextSpan range;
    int32_t token;  // -1 for the text between tokens
  };
  // Tokens that are searched in the same text, longest first at each place.
  struct Matcher {
    PrefixTrie trie;
    std::vector<bool> first_bytes;
    int single_first_byte = -1;  // when all tokens begin with the same byte
    size_t next_candidate(std::string_view text, size_t position) const;
  };

  void add_token(const AddedToken& token, const Vocabulary& model, const Normalizer* normalizer,
                 int32_t* next_id);
  Matcher make_matcher(bool normalized) const;
  std::vector<Found> find_matches(std::string_view text, const Matcher& matcher) const;

  std::map<int32_t, AddedToken> tokens_;
  std::unordered_map<std::string, int32_t> ids_;
  std::unordered_map<int32_t, std::string> normalized_forms_;  // where they differ
  std::unordered_set<std::string> special_;
  size_t beyond_model_ = 0;
  std::optional<Matcher> raw_;
  std::optional<Matcher> normalized_;
};

}  // namespace jnlp::tok
