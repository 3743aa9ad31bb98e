#include "fake_backend.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace jnlp::test {

Output FakeBackend::run(const Batch& batch) {
  {
    std::unique_lock lock(mutex_);
    std::vector<int32_t>& ids = batches_.emplace_back();
    for (int64_t i = 0; i < batch.sequences(); ++i) {
      ids.push_back(batch.token_ids[static_cast<size_t>(batch.cu_seqlens[static_cast<size_t>(i)])]);
    }
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_ || permits_ > 0; });
    if (held_) --permits_;
  }
  if (std::count(batch.token_ids.begin(), batch.token_ids.end(), 666) > 0) {
    throw std::runtime_error("the fake backend does not like 666");
  }
  return fake_output(batch, head_);
}

void FakeBackend::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void FakeBackend::permit(int64_t batches) {
  const std::lock_guard lock(mutex_);
  permits_ += batches;
  changed_.notify_all();
}

void FakeBackend::release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

void FakeBackend::await_started(size_t runs) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return batches_.size() >= runs; });
}

std::vector<std::vector<int32_t>> FakeBackend::batches() const {
  const std::lock_guard lock(mutex_);
  return batches_;
}

std::vector<int32_t> FakeBackend::computed() const {
  std::vector<int32_t> all;
  for (const auto& batch : batches()) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

Batch batch_of(std::vector<int64_t> lengths, int32_t first_id) {
  Batch batch;
  for (const int64_t length : lengths) {
    batch.add(std::vector<int32_t>(static_cast<size_t>(length), first_id++));
  }
  return batch;
}

Output fake_output(const Batch& batch, Head head) {
  Output output{.rows = 0, .columns = 2, .values = {}};
  for (size_t i = 0; i + 1 < batch.cu_seqlens.size(); ++i) {
    const int32_t begin = batch.cu_seqlens[i];
    const int32_t end = batch.cu_seqlens[i + 1];
    float sum = 0;
    for (int32_t t = begin; t < end; ++t) {
      const auto id = static_cast<float>(batch.token_ids[static_cast<size_t>(t)]);
      sum += id;
      if (head == Head::token_classification) {
        output.values.insert(output.values.end(), {id, static_cast<float>(t - begin)});
      }
    }
    if (head != Head::token_classification) {
      output.values.insert(output.values.end(), {sum, static_cast<float>(end - begin)});
    }
  }
  output.rows = static_cast<int64_t>(output.values.size()) / 2;
  return output;
}

void await_waiting(const BatchQueue& queue, int64_t calls) {
  while (queue.depth().calls != calls) std::this_thread::yield();
}

}  // namespace jnlp::test
