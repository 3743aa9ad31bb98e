#include "support/golden_model.h"

#include <algorithm>
#include <stdexcept>

#include "formats/safetensors.h"
#include "support/paths.h"

namespace jnlp::test {
namespace {

std::vector<int32_t> integers(const TensorView& tensor) {
  const std::vector<float> values = tensor.to_float();
  return {values.begin(), values.end()};
}

}  // namespace

std::vector<std::string> golden_model_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test_file("golden/encoders"))) {
    names.push_back(entry.path().filename().string());
  }
  if (names.empty()) throw std::runtime_error("tests/golden/encoders is empty");
  std::sort(names.begin(), names.end());
  return names;
}

GoldenModel load_golden_model(const std::string& name) {
  GoldenModel model;
  model.directory = test_file("golden/encoders/" + name);
  const Safetensors expected({model.directory / "expected.safetensors"});
  const std::vector<int32_t> ids = integers(expected.at("ids"));
  const std::vector<int32_t> types = integers(expected.at("types"));
  size_t begin = 0;
  for (const int32_t length : integers(expected.at("lengths"))) {
    const auto count = static_cast<size_t>(length);
    model.batch.add(std::span(ids).subspan(begin, count), std::span(types).subspan(begin, count));
    begin += count;
  }
  model.output = expected.at("output").to_float();
  return model;
}

Batch single(const Batch& batch, int64_t index) {
  const auto begin = static_cast<size_t>(batch.cu_seqlens[static_cast<size_t>(index)]);
  const auto end = static_cast<size_t>(batch.cu_seqlens[static_cast<size_t>(index) + 1]);
  Batch one;
  one.add(std::span(batch.token_ids).subspan(begin, end - begin),
          std::span(batch.type_ids).subspan(begin, end - begin));
  return one;
}

}  // namespace jnlp::test
