#pragma once

#include <cstdint>

#include "base/stopwatch.h"
#include "evaluate/task_report.h"
#include "report/process.h"

namespace jnlp {

/// Loads twice: what the first time costs depends on the page cache, the second time does not.
template <typename Load>
auto load_twice(const Load& load_once, LoadFacts* load) {
  const int64_t disk_before = disk_bytes_read();
  {
    const Stopwatch watch;
    const auto first = load_once();
    load->first_seconds = watch.seconds();
  }
  const int64_t disk_after = disk_bytes_read();
  load->first_disk_bytes = disk_before < 0 || disk_after < 0 ? -1 : disk_after - disk_before;
  const Stopwatch watch;
  auto model = load_once();
  load->warm_seconds = watch.seconds();
  load->resident_bytes = memory_use().resident;
  return model;
}

}  // namespace jnlp
