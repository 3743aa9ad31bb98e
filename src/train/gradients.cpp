#include "train/gradients.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <exception>
#include <mutex>
#include <numeric>

namespace jnlp {
namespace {

// Measured with MiniLM-L6 on two cores: matrices are tall enough to run at full speed, and batches
// of short texts still make a chunk for each thread.
constexpr int64_t kCpuChunkTokens = 512;
constexpr int64_t kGpuChunkTokens = 16384;

// ThreadPool's bodies must not throw: keeps the first exception for the caller.
class FirstError {
 public:
  template <class Body>
  void guard(Body&& body) {
    try {
      body();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

struct ChunkResult {
  double loss = 0;
  int64_t label_count = 0;
  std::vector<at::Tensor> gradients;
};

uint64_t dropout_seed(uint64_t seed, int64_t step, int64_t chunk) {
  uint64_t mixed = seed + 0x9E3779B97F4A7C15ull * static_cast<uint64_t>(step * 4096 + chunk + 1);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
  return mixed ^ (mixed >> 27);
}

BatchGradients sum_in_order(std::vector<ChunkResult>& chunks) {
  BatchGradients sum;
  sum.gradients = std::move(chunks.front().gradients);
  int64_t label_count = 0;
  for (size_t c = 0; c < chunks.size(); ++c) {
    sum.loss += chunks[c].loss;
    label_count += chunks[c].label_count;
    if (c == 0) continue;
    for (size_t i = 0; i < sum.gradients.size(); ++i) sum.gradients[i].add_(chunks[c].gradients[i]);
  }
  const double scale = label_count > 0 ? 1.0 / static_cast<double>(label_count) : 0;
  sum.loss *= scale;
  for (at::Tensor& gradient : sum.gradients) gradient.mul_(scale);
  return sum;
}

}  // namespace

int64_t GradientWorkers::chunk_tokens() const {
  return network_.device().is_cpu() ? kCpuChunkTokens : kGpuChunkTokens;
}

BatchGradients GradientWorkers::run(std::span<const TrainExample> examples, const IndexList& batch,
                                    int64_t step) {
  std::vector<at::Tensor> inputs;
  for (const Parameter& parameter : network_.parameters()) inputs.push_back(parameter.value);
  const std::vector<IndexList> chunks = split_batch(examples, batch, chunk_tokens());
  std::vector<ChunkResult> results(chunks.size());
  FirstError error;
  pool_.parallel_for(static_cast<int64_t>(chunks.size()), [&](int64_t c, int) {
    error.guard([&] {
      const torch::autograd::AutoGradMode with_gradients(true);
      ChunkResult& result = results[static_cast<size_t>(c)];
      const PaddedChunk chunk =
          make_chunk(examples, chunks[static_cast<size_t>(c)], options_.task, network_.device());
      Dropout dropout(options_.dropout, dropout_seed(options_.seed, step, c));
      const at::Tensor loss = summed_loss(network_.forward(chunk, &dropout), chunk, options_.task,
                                          options_.label_smoothing);
      result.loss = loss.item<double>();
      result.label_count = chunk.label_count;
      result.gradients = torch::autograd::grad({loss}, inputs, {}, {}, false, true);
      for (size_t i = 0; i < inputs.size(); ++i) {
        at::Tensor& gradient = result.gradients[i];
        gradient = gradient.defined() ? gradient.contiguous() : at::zeros_like(inputs[i]);
      }
    });
  });
  error.rethrow();
  return sum_in_order(results);
}

std::vector<Logits> GradientWorkers::predict(std::span<const TrainExample> examples) {
  IndexList all(examples.size());
  std::iota(all.begin(), all.end(), 0);
  const std::vector<IndexList> chunks = split_batch(examples, all, chunk_tokens());
  std::vector<Logits> logits(examples.size());
  FirstError error;
  pool_.parallel_for(static_cast<int64_t>(chunks.size()), [&](int64_t c, int) {
    error.guard([&] {
      const torch::autograd::AutoGradMode no_gradients(false);
      const IndexList& indices = chunks[static_cast<size_t>(c)];
      const PaddedChunk chunk = make_chunk(examples, indices, options_.task, network_.device());
      const at::Tensor scores = network_.forward(chunk, nullptr).cpu().contiguous();
      const int64_t row = scores.numel() / chunk.sequences;
      const int64_t columns = scores.size(-1);
      for (size_t i = 0; i < indices.size(); ++i) {
        const int64_t used = options_.task == TrainTask::classification
                                 ? columns
                                 : examples[indices[i]].size() * columns;
        const float* begin = scores.data_ptr<float>() + static_cast<int64_t>(i) * row;
        logits[indices[i]].assign(begin, begin + used);
      }
    });
  });
  error.rethrow();
  return logits;
}

}  // namespace jnlp
