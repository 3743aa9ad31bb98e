#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "formats/model_dir.h"
#include "train/network.h"

namespace jnlp {

/// Writes the trained model to options.files.output: to a folder beside it first, which then takes
/// its place. An older output is moved away only when the new one is complete.
/// @throws Error io.
void export_model(const ModelDir& base, const Network& network, const TrainOptions& options,
                  const std::vector<std::string>& labels, const std::string& model_card,
                  const OrderedJson& report);

/// Puts `from` in the place of `to`, a directory that may exist. @throws Error io.
void replace_directory(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace jnlp
