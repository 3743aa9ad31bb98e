#pragma once

#include <cstdint>

namespace jnlp::tok {

// What the searches for the best way through a text have in common.

/// What a character that is in no token costs: kUnkPenalty of SentencePiece.
inline constexpr float kUnknownPenalty = 10.0F;
/// Where the last token begins of a place that no way has led to yet.
inline constexpr uint32_t kNowhere = ~0U;

}  // namespace jnlp::tok
