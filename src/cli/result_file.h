#pragma once

#include <memory>
#include <string>

#include "base/file.h"

namespace jnlp {

/// The file that a command writes its result to, opened before the work: one that cannot be written
/// must fail before hours of it, not after. Null for an empty path. @throws Error io.
std::unique_ptr<AtomicFile> open_result_file(const std::string& path);

/// Writes the whole content and makes it visible; nothing for null. @throws Error io.
void finish_file(AtomicFile* file, const std::string& content);

}  // namespace jnlp
