#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluate/datasets/source.h"

namespace jnlp {

/// A row of a table: a JSON object, whatever the file's layout. Cells of TSV and CSV are strings.
using RowHandler = std::function<void(const Json& row, size_t line)>;

/// Calls `handle` for each row of a tsv, csv, jsonl or json_array source. Blank lines are passed
/// over. `line` counts from 1 (for json_array: the row's place in the array).
/// @throws Error invalid_input for a row that does not fit its header, an open quote, bad JSON, or
///   a source of another format.
void for_each_row(const DataSource& source, const RowHandler& handle);

/// Finds the cell of the column `wanted` (any case) or, when that is empty, of the first of
/// `candidates` that the row has.
/// @throws Error invalid_input that lists the row's columns; `what` and `option` say what was
///   looked for and how to name it.
const Json& find_cell(const DataSource& source, size_t line, const Json& row,
                      const std::string& wanted, const std::vector<std::string>& candidates,
                      std::string_view what, std::string_view option);

/// A cell that must be a text and not blank. `what` says what it is, in the error.
/// @throws Error invalid_input.
const std::string& nonblank_text(const DataSource& source, size_t line, const Json& cell,
                                 std::string_view what);

}  // namespace jnlp
