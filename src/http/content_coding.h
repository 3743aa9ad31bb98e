#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jnlp::http {

/// Whether an Accept-Encoding header allows gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// Whether bodies of this type get smaller.
bool is_compressible(std::string_view content_type);

/// `text` in gzip's format, at the fastest level.
/// @throws Error internal when zlib fails.
std::string compress_gzip(std::string_view text);

/// The text of a gzip body, any number of members.
/// @throws HttpError 413 for more than `max_bytes`; Error invalid_input for damaged data.
std::string decompress_gzip(std::string_view bytes, size_t max_bytes);

}  // namespace jnlp::http
