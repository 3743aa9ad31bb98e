#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "evaluate/datasets/dataset.h"

namespace jnlp {

/// Tells the layout of a data file from its name (".gz" left aside) and its text.
/// @throws Error invalid_input when neither says it.
DatasetFormat detect_format(const std::filesystem::path& path, std::string_view text);

/// File name in lower case without ".gz", for example "dev.tsv".
std::string plain_name(const std::filesystem::path& path);

/// "O", or a letter of a chunk scheme (B, I, E, S, L, U), a hyphen, and a type.
bool looks_like_tag(std::string_view cell);

/// Names under which the text, and the class, of an example is commonly found; best first.
const std::vector<std::string>& text_column_names();
const std::vector<std::string>& label_column_names();

/// The same for a text that is summarized, and its summary.
const std::vector<std::string>& document_column_names();
const std::vector<std::string>& summary_column_names();

}  // namespace jnlp
