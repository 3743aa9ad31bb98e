#pragma once

#include <ATen/ATen.h>

#include <span>

#include "train/batch_plan.h"
#include "train/example.h"
#include "train/options.h"

namespace jnlp {

/// Sequences of nearly the same length, padded behind to the longest.
struct PaddedChunk {
  int64_t sequences = 0;
  int64_t length = 0;
  at::Tensor ids;     ///< int64 [sequences * length]
  at::Tensor types;   ///< int64, same shape
  at::Tensor labels;  ///< int64: [sequences], [sequences * length] or [sequences, 2] by task
  /// float [sequences, 1, 1, length]: 0, or a large negative number on padding; undefined when
  /// nothing is padded.
  at::Tensor mask;
  int64_t label_count = 0;  ///< terms of the loss
};

PaddedChunk make_chunk(std::span<const TrainExample> examples, const IndexList& indices,
                       TrainTask task, at::Device device);

/// Sum over the chunk's labels of the cross entropy; divided by PaddedChunk::label_count it is the
/// mean that transformers' models compute (QA: mean of the start's and the end's).
at::Tensor summed_loss(const at::Tensor& logits, const PaddedChunk& chunk, TrainTask task,
                       double label_smoothing);

}  // namespace jnlp
