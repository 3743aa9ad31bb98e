#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backends/backend.h"
#include "tokenize/encoding.h"

namespace jnlp {

/// How many sequences go into one call of the backend. A result never depends on it.
struct BatchLimits {
  int64_t max_sequences = 32;
  int64_t max_tokens = 4096;  ///< a single longer sequence still runs, alone
};

/// Runs all encodings, packed in their order into batches within the limits, and returns one output
/// per encoding: one row for a head that answers per sequence, a row per token for the others.
/// Batches are not sorted by length, because packed sequences need no padding that sorting could
/// save.
/// @throws Error what the backend throws.
std::vector<Output> run_encodings(Backend& backend, std::span<const Encoding> encodings,
                                  const BatchLimits& limits);

}  // namespace jnlp
