#pragma once

#include <cstdint>
#include <span>

#include "models/weight_store.h"
#include "ops/weight_type.h"

namespace jnlp {

/// Rows of an embedding as signed bytes, each with a scale: value = byte * scale.
struct ByteRows {
  int64_t width = 0;
  std::span<const int8_t> bytes;
  std::span<const float> scales;  ///< one per row
};

/// Rounds a row to 127 steps on either side of zero. `out` gets `row.size()` bytes.
/// Returns the scale.
float round_row(std::span<const float> row, int8_t* out);

/// The word embeddings. Rows are read where they lie and never copied as a whole; with int8 they
/// are 8 bits wide, and a table of floats is rounded row by row on its way, so that it gives the
/// same bits.
class EmbeddingTable {
 public:
  EmbeddingTable() = default;
  EmbeddingTable(Weight weight, WeightType type)
      : width_(weight.shape[1]), rounded_(type == WeightType::int8), floats_(std::move(weight)) {}
  explicit EmbeddingTable(const ByteRows& rows)
      : width_(rows.width), rounded_(true), bytes_(rows) {}

  void copy_row(int64_t row, float* out) const;
  /// True for 8 bits.
  bool rounded() const { return rounded_; }
  /// The floats that it was made of; empty when it was made of bytes.
  const Weight& floats() const { return floats_; }

 private:
  int64_t width_ = 0;
  bool rounded_ = false;
  Weight floats_;
  ByteRows bytes_;
};

}  // namespace jnlp
