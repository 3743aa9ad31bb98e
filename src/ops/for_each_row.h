#pragma once

#include <algorithm>
#include <cstdint>

#include "ops/exec.h"

namespace jnlp {

/// Calls body(row) for each row in [0, rows), `rows_per_task` of them at a time: a task should be
/// worth the few microseconds that handing it over can take.
template <typename Body>
void for_each_row(const Exec& exec, int64_t rows, int64_t rows_per_task, Body body) {
  const int64_t step = std::max<int64_t>(1, rows_per_task);
  exec.pool.parallel_for((rows + step - 1) / step, [&](int64_t task, int) {
    const int64_t end = std::min(rows, (task + 1) * step);
    for (int64_t row = task * step; row < end; ++row) body(row);
  });
}

}  // namespace jnlp
