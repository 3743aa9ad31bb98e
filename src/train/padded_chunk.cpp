#include "train/padded_chunk.h"

#include <algorithm>

namespace jnlp {
namespace {

// Large enough that the exponential is 0, small enough that it never makes infinities.
constexpr float kMasked = -1e9F;

at::Tensor filled(at::IntArrayRef shape, int64_t value) {
  return at::full(shape, value, at::kLong);
}

void copy_labels(const TrainExample& example, int64_t row, TrainTask task, PaddedChunk* chunk) {
  int64_t* labels = chunk->labels.data_ptr<int64_t>();
  if (task == TrainTask::ner) {
    for (size_t i = 0; i < example.labels.size(); ++i) {
      labels[row * chunk->length + static_cast<int64_t>(i)] = example.labels[i];
      chunk->label_count += example.labels[i] != kIgnoredLabel;
    }
    return;
  }
  std::copy(example.labels.begin(), example.labels.end(),
            labels + row * static_cast<int64_t>(example.labels.size()));
  ++chunk->label_count;
}

void copy_row(const TrainExample& example, int64_t row, PaddedChunk* chunk) {
  std::copy(example.ids.begin(), example.ids.end(),
            chunk->ids.data_ptr<int64_t>() + row * chunk->length);
  std::copy(example.types.begin(), example.types.end(),
            chunk->types.data_ptr<int64_t>() + row * chunk->length);
  if (!chunk->mask.defined()) return;
  float* mask = chunk->mask.data_ptr<float>() + row * chunk->length;
  std::fill(mask + example.size(), mask + chunk->length, kMasked);
}

// With smoothing, that share of each label goes to all classes alike, but for masked ones.
at::Tensor cross_entropy(const at::Tensor& scores, const at::Tensor& labels,
                         double label_smoothing) {
  const at::Tensor log_probabilities = at::log_softmax(scores, 1);
  const at::Tensor loss =
      at::nll_loss(log_probabilities, labels, {}, at::Reduction::Sum, kIgnoredLabel);
  if (label_smoothing <= 0) return loss;
  const at::Tensor masked = scores.detach() < kMasked / 2;
  const at::Tensor classes = (~masked).sum(1);
  const at::Tensor means = log_probabilities.masked_fill(masked, 0).sum(1) / classes;
  const at::Tensor spread = -means.masked_select(labels != kIgnoredLabel).sum();
  return (1 - label_smoothing) * loss + label_smoothing * spread;
}

}  // namespace

PaddedChunk make_chunk(std::span<const TrainExample> examples, const IndexList& indices,
                       TrainTask task, at::Device device) {
  PaddedChunk chunk;
  chunk.sequences = static_cast<int64_t>(indices.size());
  bool padded = false;
  for (const int32_t index : indices) chunk.length = std::max(chunk.length, examples[index].size());
  for (const int32_t index : indices) padded |= examples[index].size() != chunk.length;
  chunk.ids = filled({chunk.sequences * chunk.length}, 0);
  chunk.types = filled({chunk.sequences * chunk.length}, 0);
  if (padded) chunk.mask = at::zeros({chunk.sequences, 1, 1, chunk.length}, at::kFloat);
  if (task == TrainTask::classification) chunk.labels = filled({chunk.sequences}, 0);
  if (task == TrainTask::ner) {
    chunk.labels = filled({chunk.sequences * chunk.length}, kIgnoredLabel);
  }
  if (task == TrainTask::qa) chunk.labels = filled({chunk.sequences, 2}, 0);
  for (int64_t row = 0; row < chunk.sequences; ++row) {
    const TrainExample& example = examples[indices[static_cast<size_t>(row)]];
    copy_row(example, row, &chunk);
    copy_labels(example, row, task, &chunk);
  }
  chunk.ids = chunk.ids.to(device);
  chunk.types = chunk.types.to(device);
  chunk.labels = chunk.labels.to(device);
  if (padded) chunk.mask = chunk.mask.to(device);
  return chunk;
}

at::Tensor summed_loss(const at::Tensor& logits, const PaddedChunk& chunk, TrainTask task,
                       double label_smoothing) {
  if (task != TrainTask::qa) {
    return cross_entropy(logits.flatten(0, -2), chunk.labels, label_smoothing);
  }
  at::Tensor scores = logits;
  if (chunk.mask.defined()) scores = scores + chunk.mask.view({chunk.sequences, chunk.length, 1});
  return (cross_entropy(scores.select(2, 0), chunk.labels.select(1, 0), label_smoothing) +
          cross_entropy(scores.select(2, 1), chunk.labels.select(1, 1), label_smoothing)) /
         2;
}

}  // namespace jnlp
