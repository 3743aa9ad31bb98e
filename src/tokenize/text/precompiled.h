#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/text/normalizers.h"

namespace jnlp::tok {

/// The table of replacements that a SentencePiece model carries (precompiled_charsmap): a double
/// array over bytes (darts-clone) whose values are places in a text of replacements.
class CharsMap {
 public:
  /// @throws Error invalid_input when the table is damaged.
  explicit CharsMap(std::string_view blob);

  struct Replacement {
    size_t length;  ///< bytes of text that are replaced
    std::string_view text;
  };
  std::optional<Replacement> shortest(std::string_view text) const;
  std::optional<Replacement> longest(std::string_view text) const;

 private:
  template <typename Visit>
  void for_each_prefix(std::string_view text, Visit visit) const;
  std::string_view replacement(uint32_t place) const;

  std::vector<uint32_t> units_;
  std::string replacements_;
};

/// Replacements make at most 33 bytes of 3 in the known tables; a text that grows beyond all
/// measure comes of a damaged one, and would take all memory.
/// @throws Error invalid_input.
void check_growth(size_t bytes_before, size_t bytes_after);

/// `tokenizers`' Precompiled: grapheme by grapheme. A short grapheme is replaced as a whole by what
/// stands for its first letters, as odd as that is.
class Precompiled : public Normalizer {
 public:
  explicit Precompiled(CharsMap map) : map_(std::move(map)) {}
  void apply(NormalizedText* text) const override;

 private:
  CharsMap map_;
};

/// @throws Error invalid_input.
std::string decode_base64(std::string_view text);

}  // namespace jnlp::tok
