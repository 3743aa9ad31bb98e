#pragma once

#include <string>

#include "formats/model_dir.h"

namespace jnlp {

/// A few characters that tell what a model answers from what others answer: weight_fingerprint()
/// and a SHA-256 of its small files, which say how labels are named and texts are tokenized. Two
/// directories may have the same weights and not the same labels.
/// @throws Error what reading the files throws.
std::string model_digest(const ModelDir& model);

}  // namespace jnlp
