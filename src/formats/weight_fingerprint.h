#pragma once

#include <string>

#include "formats/model_dir.h"

namespace jnlp {

/// A few characters that tell a model's weights from others without reading them all: the sizes of
/// its files, their headers and a hash of three places in each tensor; of the modules that
/// modules.json lists too. Training changes nearly every weight of a tensor, so it shows; one
/// changed number most likely does not. Costs three small reads a tensor.
/// @throws Error not_found, io, or what a damaged file throws.
std::string weight_fingerprint(const ModelDir& model);

}  // namespace jnlp
