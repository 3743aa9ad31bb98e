#pragma once

#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp {

/// The sentences of a text by rules, without white space at their ends: bytes of the text, in
/// order, none empty. Made for English, fair for other languages of Europe, and for Chinese and
/// Japanese.
///
/// A sentence ends with . ! ? or the like, closing quotes and brackets included, when white space
/// follows and the next word does not begin in lower case; not behind a title ("Dr."), an initial,
/// an abbreviation or the number of a list, unless a word follows that often begins a sentence and
/// seldom a name. It also ends with its line, unless the next line goes on in lower case or the
/// lines of the text are of one width, broken to fit.
std::vector<TextSpan> split_sentences(std::string_view text);

}  // namespace jnlp
