#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "tokenize/models/prefix_trie.h"
#include "tokenize/text/normalizers.h"
#include "tokenize/text/precompiled.h"

namespace jnlp::tok {

/// U+2581, which SentencePiece writes for a space.
inline constexpr std::string_view kSpaceSymbol = "\xE2\x96\x81";

struct SentencePieceNormalizerOptions {
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  bool treat_whitespace_as_suffix = false;
};

/// What SentencePiece does to a text before it cuts it: the longest replacement at each place, and
/// its ways with spaces. A byte of the result stands for the original from where its replacement
/// began to where the next one did.
class SentencePieceNormalizer : public Normalizer {
 public:
  /// `symbols` are never replaced.
  SentencePieceNormalizer(std::optional<CharsMap> map, PrefixTrie symbols,
                          SentencePieceNormalizerOptions options)
      : map_(std::move(map)), symbols_(std::move(symbols)), options_(options) {}
  /// @throws Error invalid_input when the text grows beyond all measure.
  void apply(NormalizedText* text) const override;

 private:
  class Writer;
  CharsMap::Replacement prefix(std::string_view text) const;

  std::optional<CharsMap> map_;
  PrefixTrie symbols_;
  SentencePieceNormalizerOptions options_;
};

}  // namespace jnlp::tok
