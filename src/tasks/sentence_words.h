#pragma once

#include <string_view>

namespace jnlp {

// Words that tell whether the full stop behind or before them ends a sentence. All are taken
// without that full stop, and with their case.

/// A title that a name follows: "Dr", "Gen".
bool is_title(std::string_view word);
/// What is often written with a full stop: "Inc", "Jan", "vs", "bzw".
bool is_abbreviation(std::string_view word);
/// An abbreviation when a number follows: "No", "Fig", "pp".
bool is_number_abbreviation(std::string_view word);
/// A word that often begins an English sentence and seldom a name: "The", "However".
bool often_begins_sentence(std::string_view word);

}  // namespace jnlp
