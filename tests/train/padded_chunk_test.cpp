#include "train/padded_chunk.h"

#include <gtest/gtest.h>

#include <cmath>

namespace jnlp {
namespace {

// -sum over classes of share * log_softmax(score), by its definition.
double smoothed_loss(const std::vector<double>& scores, size_t label, double smoothing) {
  double sum = 0;
  for (const double score : scores) sum += std::exp(score);
  double loss = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double share =
        smoothing / static_cast<double>(scores.size()) + (i == label ? 1 - smoothing : 0);
    loss -= share * (scores[i] - std::log(sum));
  }
  return loss;
}

TEST(SummedLoss, SmoothsLabelsAndLeavesOutIgnoredOnes) {
  PaddedChunk chunk;
  chunk.sequences = 1;
  chunk.length = 3;
  chunk.labels = at::empty({3}, at::kLong);
  const int64_t labels[] = {2, kIgnoredLabel, 0};
  std::copy_n(labels, 3, chunk.labels.data_ptr<int64_t>());
  const std::vector<std::vector<double>> scores = {{0.5, -1, 2}, {9, 9, -9}, {-0.25, 0.75, 0}};
  at::Tensor logits = at::empty({1, 3, 3}, at::kFloat);
  for (int64_t i = 0; i < 9; ++i) {
    logits.data_ptr<float>()[i] =
        static_cast<float>(scores[static_cast<size_t>(i / 3)][static_cast<size_t>(i % 3)]);
  }
  for (const double smoothing : {0.0, 0.1, 0.5}) {
    const double expected =
        smoothed_loss(scores[0], 2, smoothing) + smoothed_loss(scores[2], 0, smoothing);
    EXPECT_NEAR(summed_loss(logits, chunk, TrainTask::ner, smoothing).item<double>(), expected,
                1e-5)
        << smoothing;
  }
}

// Padding takes no share of a label: the loss is that of the sequence alone.
TEST(SummedLoss, PaddingTakesNoShareOfALabel) {
  PaddedChunk alone;
  alone.sequences = 1;
  alone.length = 4;
  alone.labels = at::empty({1, 2}, at::kLong);
  alone.labels.data_ptr<int64_t>()[0] = 1;
  alone.labels.data_ptr<int64_t>()[1] = 3;
  at::Tensor logits = at::empty({1, 4, 2}, at::kFloat);
  for (int64_t i = 0; i < 8; ++i) logits.data_ptr<float>()[i] = static_cast<float>(i % 5) * 0.3F;
  PaddedChunk padded = alone;
  padded.length = 6;
  padded.mask = at::zeros({1, 1, 1, 6}, at::kFloat);
  padded.mask.data_ptr<float>()[4] = padded.mask.data_ptr<float>()[5] = -1e9F;
  const at::Tensor longer = at::cat({logits, at::ones({1, 2, 2}, at::kFloat)}, 1);
  for (const double smoothing : {0.0, 0.1}) {
    EXPECT_NEAR(summed_loss(longer, padded, TrainTask::qa, smoothing).item<double>(),
                summed_loss(logits, alone, TrainTask::qa, smoothing).item<double>(), 1e-5)
        << smoothing;
  }
}

}  // namespace
}  // namespace jnlp
