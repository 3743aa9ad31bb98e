#pragma once

#include <string_view>
#include <vector>

namespace jnlp::tok {

/// A code point of changed text and how it came there (the convention of `tokenizers`): 0 stands
/// for the next old code point; 1 is inserted; -n stands for the next old one and n more, which
/// are removed.
struct CharChange {
  char32_t c;
  int32_t change;
};

enum class NormalizationForm { nfd, nfkd, nfc, nfkc };

/// Unicode normalization with the changes that `unicode-normalization-alignments` reports.
/// @param text well-formed UTF-8.
std::vector<CharChange> normalize(std::string_view text, NormalizationForm form);

}  // namespace jnlp::tok
