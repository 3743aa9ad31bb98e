#pragma once

#include <string>
#include <vector>

namespace jnlp {

/// Ways to mark stretches of words by tags.
enum class TagScheme {
  iob2,   ///< every entity begins with B-
  iob1,   ///< B- only between neighbours of one type
  iobes,  ///< last words E- and single ones S-; BILOU's L- and U- mean the same
};

/// The scheme that a data set's tags are in: IOBES when there is an E-, S-, L- or U-; IOB1 when
/// there are I- tags and every B- stands right behind a tag of the same type; else IOB2.
TagScheme scheme_of(const std::vector<std::vector<std::string>>& sentences);

/// Rewrites one sentence from `scheme` into IOB2. Faulty IOB2 stays as it is.
void to_iob2(TagScheme scheme, std::vector<std::string>* tags);

}  // namespace jnlp
