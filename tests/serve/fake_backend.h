#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "backends/backend.h"
#include "serve/batch_queue.h"

namespace jnlp::test {

/// A backend that computes when the test says so. Its output for a sequence is {sum of its ids,
/// number of its tokens}; per token for a head that answers so: {id, place in the sequence}.
/// Its batches are kept.
class FakeBackend : public Backend {
 public:
  explicit FakeBackend(Head head = Head::sequence_classification) : head_(head) {}

  Head head() const override { return head_; }
  int64_t output_size() const override { return 2; }
  int64_t max_sequence_length() const override { return 1 << 20; }
  std::string description() const override { return "fake"; }
  /// Throws when the batch holds the id 666.
  Output run(const Batch& batch) override;

  /// From now on run() waits for permits.
  void hold();
  /// Lets `batches` runs end.
  void permit(int64_t batches);
  /// Ends the hold.
  void release();
  /// Returns once so many runs have begun since the beginning.
  void await_started(size_t runs);

  /// What was run, each as the first ids of its sequences.
  std::vector<std::vector<int32_t>> batches() const;
  /// First ids of all sequences that were run, in order.
  std::vector<int32_t> computed() const;

 private:
  const Head head_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int64_t permits_ = 0;
  std::vector<std::vector<int32_t>> batches_;
};

/// A batch of sequences of the given lengths, all ids of one being `first_id`, `first_id + 1`...
Batch batch_of(std::vector<int64_t> lengths, int32_t first_id);

/// What the fake gives for it.
Output fake_output(const Batch& batch, Head head = Head::sequence_classification);

/// Returns once `calls` calls wait in the queue.
void await_waiting(const BatchQueue& queue, int64_t calls);

/// Threads that are joined at the end of the test.
class Callers {
 public:
  ~Callers() { join(); }
  void start(std::function<void()> action) { threads_.emplace_back(std::move(action)); }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace jnlp::test
