#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace jnlp {

// Files of /sys: small texts, which may vanish or fail at any time.

/// The first line without blanks around it; "" when it cannot be read.
std::string read_line(const std::filesystem::path& file);

/// The number that the file holds and nothing else; absent when it cannot be read or holds more.
std::optional<int64_t> read_integer(const std::filesystem::path& file);

/// What a folder holds, ordered by name with numbers by their value (hwmon2 before hwmon10);
/// nothing when it is not there.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

/// The N of files "<before>N<after>" in a folder, ascending.
std::vector<int> numbers_of(const std::filesystem::path& folder, const std::string& before,
                            const std::string& after);

}  // namespace jnlp
