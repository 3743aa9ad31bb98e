// What the queue and the cache cost beside the model: CPU time per request.
//
//   serve_bench [--benchmark_filter=...]

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "serve/batch_queue.h"
#include "serve/cached_results.h"
#include "serve/wake_flag.h"

namespace jnlp {
namespace {

// A text of twenty words.
std::string text_of(int64_t number) {
  return "the film number " + std::to_string(number) +
         " is a warm and funny one that I would like to see again with all of my friends soon";
}

void BM_CacheKey(benchmark::State& state) {
  int64_t number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cache_key("digest", "sentiment", "top_k=1", text_of(++number)));
  }
}
BENCHMARK(BM_CacheKey);

// No text comes twice: key, both looks into the cache, the flight, and the insertion with what it
// drives out.
void BM_AllMisses(benchmark::State& state) {
  static CachedResults results(64 << 20);
  int64_t number = static_cast<int64_t>(state.thread_index()) << 40;
  for (auto _ : state) {
    const CacheKey key = cache_key("digest", "sentiment", "top_k=1", text_of(++number));
    benchmark::DoNotOptimize(
        results.get(key, {}, [] { return R"([{"label":"POSITIVE","score":0.99987}])"; }));
  }
}
BENCHMARK(BM_AllMisses)->ThreadRange(1, 4);

void BM_AllHits(benchmark::State& state) {
  static CachedResults results(64 << 20);
  int64_t number = 0;
  for (auto _ : state) {
    const CacheKey key = cache_key("digest", "sentiment", "top_k=1", text_of(++number % 1000));
    benchmark::DoNotOptimize(
        results.get(key, {}, [] { return R"([{"label":"POSITIVE","score":0.99987}])"; }));
  }
}
BENCHMARK(BM_AllHits)->ThreadRange(1, 4);

// Admission to and departure from the order, beside so many other flows.
void BM_FairOrder(benchmark::State& state) {
  FairOrder<int> order;
  for (int flow = 0; flow < state.range(0); ++flow)
    order.add(static_cast<uint64_t>(flow), flow, 20);
  uint64_t flow = 1 << 20;
  for (auto _ : state) {
    order.add(flow++, 0, 20);
    order.take(0);
  }
}
BENCHMARK(BM_FairOrder)->Arg(1)->Arg(30)->Arg(1000);

class InstantBackend : public Backend {
 public:
  Head head() const override { return Head::sequence_classification; }
  int64_t output_size() const override { return 2; }
  int64_t max_sequence_length() const override { return 512; }
  std::string description() const override { return "instant"; }
  Output run(const Batch& batch) override {
    return {.rows = batch.sequences(),
            .columns = 2,
            .values = std::vector<float>(static_cast<size_t>(2 * batch.sequences()))};
  }
};

// A call of one text through the queue, all wake-ups included.
void BM_QueueCall(benchmark::State& state) {
  static BatchQueue queue(std::make_shared<InstantBackend>());
  Batch batch;
  batch.add(std::vector<int32_t>(24, 1));
  for (auto _ : state) benchmark::DoNotOptimize(queue.run(batch));
}
BENCHMARK(BM_QueueCall)->ThreadRange(1, 32)->MeasureProcessCPUTime()->UseRealTime();

// The wake-ups alone: a thread is told by condition variable and answers by flag, no more.
void BM_WakeUpsOfACall(benchmark::State& state) {
  std::mutex mutex;
  std::condition_variable asked;
  WakeFlag* question = nullptr;
  bool over = false;
  std::thread answerer([&] {
    std::unique_lock lock(mutex);
    for (;;) {
      asked.wait(lock, [&] { return question != nullptr || over; });
      if (over) return;
      std::exchange(question, nullptr)->set();
    }
  });
  for (auto _ : state) {
    WakeFlag answered;
    {
      const std::lock_guard lock(mutex);
      question = &answered;
    }
    asked.notify_one();
    answered.wait();
  }
  {
    const std::lock_guard lock(mutex);
    over = true;
  }
  asked.notify_one();
  answerer.join();
}
BENCHMARK(BM_WakeUpsOfACall)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace jnlp
