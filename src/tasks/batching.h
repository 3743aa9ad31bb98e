#pragma once

#include <cstdint>
#include <functional>
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

/// Is told how many windows of the text at hand are done, and of how many.
using WindowProgress = std::function<void(int64_t done, int64_t total)>;

/// Packs sequences into batches within the limits, in their order, runs a batch when it is full and
/// hands its outputs out. So nobody needs to hold more than a batch, however long a text is.
/// Sequences are not sorted by length, because packed ones need no padding that sorting could save.
class BatchRunner {
 public:
  /// `take` gets one output per sequence, in the order of add(): one row for a head that answers
  /// per sequence, a row per token for the others.
  BatchRunner(Backend& backend, const BatchLimits& limits, std::function<void(Output)> take);

  /// @throws Error what the backend and `take` throw.
  void add(const Encoding& encoding);
  /// Runs what is left; nothing is when it is not called.
  void finish();

 private:
  Backend& backend_;
  BatchLimits limits_;
  std::function<void(Output)> take_;
  Batch batch_;
};

/// The part of a batch's output that belongs to each of the encodings that it was made of, in
/// order.
std::vector<Output> split_output(const Output& output, Head head,
                                 std::span<const Encoding> encodings);

/// Runs all encodings and returns one output for each.
/// @throws Error what the backend throws.
std::vector<Output> run_encodings(Backend& backend, std::span<const Encoding> encodings,
                                  const BatchLimits& limits);

}  // namespace jnlp
