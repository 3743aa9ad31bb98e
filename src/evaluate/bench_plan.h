#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/bench.h"

namespace jnlp {

/// Sequences of different lengths in one call.
struct MixedLengths {
  int64_t sequences = 32;
  int64_t shortest = 5;
  int64_t longest = 64;
};

/// What a user asks to have measured: each length with each batch size, then the mixed lengths.
struct BenchGrid {
  std::vector<int64_t> lengths = {16, 64, 128, 384};
  std::vector<int64_t> batch_sizes = {1, 8, 32};
  std::optional<MixedLengths> mixed = MixedLengths();
};

struct BenchPlan {
  std::vector<BenchWorkload> workloads;
  std::vector<std::string> notes;  ///< what was left out, and why
};

/// The workloads of a grid that a model for at most `max_length` tokens can run. Behind the mixed
/// one stands what padding would make of it, unless it is there already: who compares the two sees
/// what padding would cost. No workloads when none of the lengths fits.
BenchPlan plan_bench(const BenchGrid& grid, int64_t max_length, uint64_t seed);

}  // namespace jnlp
