#include "models/prepared_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace jnlp {

std::string prepared_name(const std::vector<std::string>& modules) {
  return fmt::format("{}", fmt::join(modules, "+"));
}

std::string prepared_name(const std::filesystem::path& module_folder) {
  return fmt::format("modules.{}", module_folder.generic_string());
}

PackedLinear PreparedSource::linear(const std::vector<std::string>& modules, WeightType type) {
  const std::string name = prepared_name(modules);
  const LinearView layer = file_.linear(name);
  int64_t outputs = 0;
  bool any = false;
  for (const std::string& module : modules) {
    const WeightSpec& weight = spec(module + ".weight");
    any = any || weight.shape[0] == kAnySize;
    outputs += weight.shape[0];
    if (layer.inputs != weight.shape[1]) file_.fail(fmt::format("'{}' has a wrong size", name));
  }
  if (!any && layer.outputs != outputs) file_.fail(fmt::format("'{}' has a wrong size", name));
  if (layer.type != type) file_.fail(fmt::format("'{}' has another type than it should", name));
  return PackedLinear(layer);
}

EmbeddingTable PreparedSource::embedding(const std::string& module, WeightType type) {
  const std::string name = module + ".weight";
  if (type != WeightType::int8) return {table(name), type};
  const std::vector<int64_t>& shape = spec(name).shape;
  return EmbeddingTable(file_.byte_rows(module, shape[0], shape[1]));
}

Weight PreparedSource::table(const std::string& name) {
  Weight weight = file_.table(name);
  const std::vector<int64_t>& wanted = spec(name).shape;
  if (weight.shape != wanted) file_.fail(fmt::format("'{}' has a wrong shape", name));
  return weight;
}

PackedLinear PreparedSource::module_linear(const std::filesystem::path& folder, int64_t inputs,
                                           bool /*has_bias*/) {
  const std::string name = prepared_name(folder);
  const LinearView layer = file_.linear(name);
  if (layer.inputs != inputs || layer.type != WeightType::f32) {
    file_.fail(fmt::format("'{}' has a wrong size or type", name));
  }
  return PackedLinear(layer);
}

}  // namespace jnlp
