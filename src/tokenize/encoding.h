#pragma once

#include <cstdint>
#include <vector>

namespace jnlp {

/// Half-open range of the original text, in bytes of its UTF-8 form. CodePointIndex (base/utf8.h)
/// turns it into code points.
struct TextSpan {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const TextSpan&) const = default;
};

/// The tokens of one text or pair of texts. All vectors have one entry per token; they mean the
/// same as the fields of that name in Hugging Face `tokenizers`.
struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;
  std::vector<TextSpan>
      offsets;  ///< (0, 0) for special tokens; relative to the text the token is from
  std::vector<int32_t> word_ids;      ///< -1 for special tokens
  std::vector<int32_t> sequence_ids;  ///< 0 first text, 1 second text, -1 special tokens
  std::vector<uint8_t> special_tokens_mask;

  size_t size() const { return ids.size(); }
};

}  // namespace jnlp
