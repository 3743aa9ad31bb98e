#pragma once

#include <cstddef>
#include <string_view>

namespace jnlp::tok {

/// End of the extended grapheme cluster (Unicode Standard Annex 29) that begins at `position` of
/// well-formed UTF-8, where a cluster must begin.
size_t grapheme_end(std::string_view text, size_t position);

}  // namespace jnlp::tok
