#pragma once

#include <string>
#include <string_view>

namespace jnlp {

/// The stem of an English word in lower-case ASCII letters and digits: Porter (1980) with the
/// changes of NLTK's PorterStemmer in its default mode, NLTK_EXTENSIONS. rouge_score stems with it.
/// Words of one or two letters come back as they are.
std::string porter_stem(std::string_view word);

}  // namespace jnlp
