#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// A question that somebody has answered.
struct FaqPair {
  size_t line = 1;  ///< on which it begins, from 1
  std::string id;   ///< may be empty
  std::string question;
  std::string answer;
};

/// Reads a JSON object per line with strings "question" and "answer" (or "q" and "a"), and perhaps
/// "id". Empty lines are passed over. `name` is the file's, for messages.
/// @throws Error invalid_input with file and line for what is no such object.
std::vector<FaqPair> read_jsonl_pairs(std::string_view text, const std::string& name);

/// The same for comma-separated values with these names in the first row, in any case.
std::vector<FaqPair> read_csv_pairs(std::string_view text, const std::string& name);

}  // namespace jnlp
