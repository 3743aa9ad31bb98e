#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp::tok {

/// The tokens of one text before special tokens are put around them.
struct TokenSequence {
  /// White space at the ends of a token as the vocabulary spells it, in code points. It is kept
  /// only when the post-processor trims offsets.
  struct Spaces {
    uint16_t leading = 0;
    uint16_t trailing = 0;
  };

  std::vector<int32_t> ids;
  std::vector<TextSpan> offsets;
  std::vector<int32_t> words;
  std::vector<Spaces> spaces;

  size_t size() const { return ids.size(); }
};

/// A run of tokens of a TokenSequence. `is_overflow` is false for the first window of a text.
struct TokenWindow {
  size_t begin = 0;
  size_t end = 0;
  bool is_overflow = false;
};

/// Puts special tokens around texts and numbers the texts.
struct PostProcessor {
  struct Item {
    enum class Kind { first, second, special };
    Kind kind;
    int32_t type_id;
    std::vector<int32_t> ids;  // of a special token
  };

  std::vector<Item> single{{Item::Kind::first, 0, {}}};
  std::vector<Item> pair{{Item::Kind::first, 0, {}}, {Item::Kind::second, 1, {}}};
  /// Steps that take the white space of tokens out of their offsets; the value is
  /// `add_prefix_space`.
  std::vector<bool> trims;
  /// What the type ids of all texts become when special tokens are not wanted (RoBERTa: 0).
  bool all_types_zero = false;
  /// A template decides the type ids even when no special tokens are wanted.
  bool is_template = false;

  /// True when the second text of a pair comes out first.
  bool second_is_first() const;
  /// Number of special tokens.
  size_t added(bool is_pair) const;

  struct Part {
    const TokenSequence* tokens;
    std::string_view text;
    TokenWindow window;
  };
  /// Builds the encoding of one window (of each text).
  Encoding build(const Part& first, const std::optional<Part>& second, bool special_tokens) const;
};

}  // namespace jnlp::tok
