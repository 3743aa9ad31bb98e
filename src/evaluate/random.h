#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "evaluate/evaluate_options.h"

namespace jnlp {

/// A number in [0, bound), each equally likely, with the same result everywhere (the distributions
/// of the standard library differ between implementations): draws of `engine` at or above the
/// greatest multiple of `bound` are thrown away, the first other one is taken modulo `bound`.
uint64_t draw_below(std::mt19937_64& engine, uint64_t bound);

/// `wanted` of the numbers [0, total) in ascending order, chosen at random by `seed`; all of them
/// when there are not more.
std::vector<size_t> choose_subset(size_t total, size_t wanted, uint64_t seed);
/// The same for the number of samples that the options ask for.
std::vector<size_t> choose_subset(size_t total, const EvaluateOptions& options);

}  // namespace jnlp
