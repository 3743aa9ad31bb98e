#pragma once

#include <filesystem>
#include <string>

#include "formats/model_dir.h"

namespace jnlp {

/// A few characters that tell what a model answers from what others answer: weight_fingerprint()
/// and a SHA-256 of its small files, which say how labels are named and texts are tokenized. Two
/// directories may have the same weights and not the same labels.
/// @throws Error what reading the files throws.
std::string model_digest(const ModelDir& model);

/// The same for a model in one large file: of its size, its first megabyte, and 256 places of 4 kB.
/// @throws Error not_found, io.
std::string file_digest(const std::filesystem::path& path);

}  // namespace jnlp
