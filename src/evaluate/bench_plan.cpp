#include "evaluate/bench_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace jnlp {
namespace {

bool has_workload(const BenchPlan& plan, const BenchWorkload& workload) {
  return std::any_of(
      plan.workloads.begin(), plan.workloads.end(),
      [&](const BenchWorkload& planned) { return planned.lengths == workload.lengths; });
}

void add_mixed(const MixedLengths& mixed, int64_t max_length, uint64_t seed, BenchPlan* plan) {
  if (mixed.longest > max_length) {
    plan->notes.push_back(
        fmt::format("Left out: mixed lengths up to {}; the model takes at most {} tokens.",
                    mixed.longest, max_length));
    return;
  }
  plan->workloads.push_back(mixed_workload(mixed.sequences, mixed.shortest, mixed.longest, seed));
  BenchWorkload padded = uniform_workload(mixed.longest, mixed.sequences);
  if (!has_workload(*plan, padded)) plan->workloads.push_back(std::move(padded));
}

}  // namespace

BenchPlan plan_bench(const BenchGrid& grid, int64_t max_length, uint64_t seed) {
  BenchPlan plan;
  std::vector<int64_t> too_long;
  for (const int64_t length : grid.lengths) {
    if (length > max_length) {
      too_long.push_back(length);
      continue;
    }
    for (const int64_t sequences : grid.batch_sizes) {
      plan.workloads.push_back(uniform_workload(length, sequences));
    }
  }
  if (!too_long.empty()) {
    plan.notes.push_back(fmt::format("Left out: length {}; the model takes at most {} tokens.",
                                     fmt::join(too_long, ", "), max_length));
  }
  if (plan.workloads.empty()) return plan;
  if (grid.mixed) add_mixed(*grid.mixed, max_length, seed, &plan);
  return plan;
}

}  // namespace jnlp
