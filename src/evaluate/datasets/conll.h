#pragma once

#include <vector>

#include "evaluate/datasets/dataset.h"
#include "evaluate/datasets/source.h"

namespace jnlp {

/// Appends the sentences of a file in CoNLL columns; the tags stay in the file's own scheme.
/// Cells are parted at tabs when a line has one, else at blanks. "-DOCSTART-" lines part sentences
/// and are dropped, and so are "#" lines of files whose first column numbers the words.
/// @throws Error invalid_input with the line: too few columns, a tag that is none, no sentences.
void read_conll(const DataSource& source, const ReadOptions& options, std::vector<NerExample>* out);

}  // namespace jnlp
