#pragma once

#include <vector>

#include "base/utf8.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/source.h"

namespace jnlp {

/// Appends the questions of a SQuAD 1.1 or 2.0 document.
/// @throws Error invalid_input with the path of the element at fault, for example
///   "data[3].paragraphs[0].qas[1]".
void read_squad(const DataSource& source, std::vector<QaExample>* out);

/// `start` when the context holds `text` there (both in code points), else -1.
int64_t checked_start(const std::string& context, const CodePointIndex& index,
                      const std::string& text, int64_t start);

}  // namespace jnlp
