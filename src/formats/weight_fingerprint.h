#pragma once

#include <string>

#include "formats/model_dir.h"

namespace jnlp {

/// A few characters that tell a model's weights from others without reading them all: sizes of its
/// files and a hash of 16 places in each. Fine-tuning changes nearly every weight, so it shows; one
/// changed byte most likely does not. Costs 16 small reads a file.
/// @throws Error not_found or io.
std::string weight_fingerprint(const ModelDir& model);

}  // namespace jnlp
