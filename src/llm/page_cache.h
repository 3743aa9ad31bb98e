#pragma once

#include <filesystem>

namespace jnlp {

/// Throws a file out of the page cache, so that reading it next time reads the disk. False when the
/// system did not do it: the file cannot be read, is in use, or the file system keeps its pages.
bool drop_from_page_cache(const std::filesystem::path& file);

}  // namespace jnlp
