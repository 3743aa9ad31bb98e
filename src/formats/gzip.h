#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace jnlp {

/// The whole file, decompressed when it starts as gzip does (RFC 1952, any number of members),
/// else as it is. `max_bytes` bounds the result, so that a small file cannot fill the memory.
/// @throws Error not_found, io; invalid_input for damaged or cut compressed data, or a result above
///   max_bytes.
std::string read_maybe_gzip(const std::filesystem::path& path, size_t max_bytes = size_t{4} << 30);

}  // namespace jnlp
