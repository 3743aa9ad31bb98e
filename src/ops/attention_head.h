#pragma once

#include <cstdint>

#include "kernels/kernels.h"
#include "ops/buffer.h"

namespace jnlp {

/// One head of one sequence. Pointers stand at the head's first column of the sequence's first row;
/// keys and values share a stride.
struct AttentionHead {
  const float* query;
  int64_t query_stride;
  int64_t queries;  ///< the first rows of the sequence
  const float* key;
  const float* value;
  int64_t key_stride;
  int64_t length;     ///< of the sequence
  int64_t head_size;  ///< columns
  const float* bias;  ///< of distance 0, null for none
  float* out;
  int64_t out_stride;
};

/// Working memory of a thread. Beyond 512 tokens only `rows` grows with the sequence.
struct AttendScratch {
  Buffer<std::byte> keys;
  Buffer<std::byte> values;
  Buffer<std::byte> queries;
  Buffer<std::byte> weights;
  FloatBuffer scores;
  FloatBuffer addend;
  Buffer<SoftmaxRow> rows;  ///< one per query
};

/// out = softmax(Q K^T / sqrt(head_size) + bias) V. Keys are taken in blocks (online softmax):
/// there is no matrix of scores. With `bf16` both products are of BF16 values;
/// kernels.bf16_attention must be there then. A row's bits depend on its own sequence alone.
void attend(const Kernels& kernels, const AttentionHead& head, bool bf16, AttendScratch* scratch);

}  // namespace jnlp
