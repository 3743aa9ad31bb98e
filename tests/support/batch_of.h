#pragma once

#include <cstdint>
#include <vector>

#include "backends/backend.h"

namespace jnlp::test {

inline Batch batch_of(const std::vector<std::vector<int32_t>>& sequences) {
  Batch batch;
  for (const auto& ids : sequences) batch.add(ids);
  return batch;
}

}  // namespace jnlp::test
