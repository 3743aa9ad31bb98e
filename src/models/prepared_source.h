#pragma once

#include "models/layer_source.h"
#include "models/prepared_file.h"

namespace jnlp {

/// A layer's name in a prepared file.
std::string prepared_name(const std::vector<std::string>& modules);
std::string prepared_name(const std::filesystem::path& module_folder);

/// Layers where they lie in a prepared file: nothing is copied, and no page is read before it is
/// used. Every size is checked against the model's own.
class PreparedSource : public LayerSource {
 public:
  PreparedSource(PreparedFile file, std::vector<WeightSpec> specs)
      : LayerSource(std::move(specs)), file_(std::move(file)) {}

  PackedLinear linear(const std::vector<std::string>& modules, WeightType type) override;
  EmbeddingTable embedding(const std::string& module, WeightType type) override;
  Weight table(const std::string& name) override;
  PackedLinear module_linear(const std::filesystem::path& folder, int64_t inputs,
                             bool has_bias) override;

 private:
  PreparedFile file_;
};

}  // namespace jnlp
