#pragma once

#include <span>
#include <string>
#include <string_view>

namespace jnlp {

/// Lower case, with a single space for all that is no letter, digit or underscore. A point between
/// digits stays, a comma between them falls away: "1,000.5" is "1000.5".
std::string normalize_words(std::string_view text);

/// Whether a free text gives one of the accepted answers: as whole words anywhere in it, both
/// normalized. Where only "yes" or only "no" is accepted, the first of these two words in the text
/// decides, because a text that explains its answer often holds both.
bool contains_answer(std::string_view text, std::span<const std::string> accepted);

}  // namespace jnlp
