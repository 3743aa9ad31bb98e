#pragma once

#include <string>
#include <vector>

namespace jnlp {

/// Rewrites the tags of a whole data set into IOB2, whatever chunk scheme they are in:
/// IOBES/BILOU (told by an E-, S-, L- or U- anywhere), IOB1 (every B- stands right behind a tag of
/// the same type, and there are I- tags), or IOB2 already, which stays as it is, faults included.
void to_iob2(std::vector<std::vector<std::string>>* sentences);

}  // namespace jnlp
