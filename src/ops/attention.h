#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/attention_head.h"
#include "ops/exec.h"

namespace jnlp {

/// Where the inputs of attention lie. Row-major, heads side by side in a row; keys and values share
/// a stride.
struct AttentionInput {
  const float* query;
  int64_t query_stride;
  const float* key;
  const float* value;
  int64_t key_stride;
  std::span<const int32_t> cu_seqlens;
  int64_t heads;
  int64_t head_size;
  /// One query row per sequence (its first token) instead of one per token.
  bool first_token_only = false;
  /// Added to the scores by distance key - query: for head h the row h of a matrix with
  /// 2 * bias_reach + 1 columns, whose middle stands for distance 0. Null for none; bias_reach is
  /// at least the longest sequence - 1.
  const float* bias = nullptr;
  int64_t bias_reach = 0;
  /// Divides the scores by sqrt(head_size), before the bias; T5 does not.
  bool scaled = true;
  /// Products of BF16 values where the kernels have them; elsewhere FP32 as without.
  bool bf16 = false;
};

/// Scratch memory of attention, kept from call to call.
struct AttentionScratch {
  std::vector<AttendScratch> per_worker;
};

/// attend() for every head of every sequence, each a task of the pool.
void attention(const Exec& exec, const AttentionInput& in, AttentionScratch* scratch, float* out,
               int64_t out_stride);

}  // namespace jnlp
