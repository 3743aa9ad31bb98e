#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/backend.h"

namespace jnlp::test {

/// A tiny checkpoint of tests/golden/encoders with what the reference computes for it.
struct GoldenModel {
  std::filesystem::path directory;
  Batch batch;
  std::vector<float> output;
};

/// Names of all golden models. @throws std::runtime_error when there is none.
std::vector<std::string> golden_model_names();
GoldenModel load_golden_model(const std::string& name);

/// Sequence `index` of a batch as a batch of its own.
Batch single(const Batch& batch, int64_t index);

}  // namespace jnlp::test
