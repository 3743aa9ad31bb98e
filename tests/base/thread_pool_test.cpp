#include "base/thread_pool.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <numeric>

namespace jnlp {
namespace {

TEST(ThreadPool, RunsEveryTaskOnceForAnySize) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (const int64_t tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> counts(static_cast<size_t>(tasks));
      pool.parallel_for(tasks, [&](int64_t task, int worker) {
        ASSERT_GE(worker, 0);
        ASSERT_LT(worker, threads);
        ++counts[static_cast<size_t>(task)];
      });
      for (const auto& count : counts) EXPECT_EQ(count.load(), 1);
    }
  }
}

TEST(ThreadPool, ManyShortLoopsAfterEachOther) {
  ThreadPool pool(3);
  std::atomic<int64_t> sum{0};
  for (int loop = 0; loop < 5000; ++loop) {
    pool.parallel_for(4, [&](int64_t task, int) { sum += task; });
  }
  EXPECT_EQ(sum.load(), 5000 * 6);
}

TEST(ThreadPool, CallersFromSeveralThreadsTakeTurns) {
  ThreadPool pool(2);
  std::vector<std::thread> callers;
  std::vector<int64_t> sums(4, 0);
  for (size_t caller = 0; caller < sums.size(); ++caller) {
    callers.emplace_back([&, caller] {
      for (int loop = 0; loop < 200; ++loop) {
        std::vector<int64_t> values(50);
        pool.parallel_for(50, [&](int64_t task, int) { values[static_cast<size_t>(task)] = task; });
        sums[caller] += std::accumulate(values.begin(), values.end(), int64_t{0});
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const int64_t sum : sums) EXPECT_EQ(sum, 200 * 1225);
}

TEST(AvailableThreads, FollowsTheAffinityMask) {
  cpu_set_t old_mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old_mask), &old_mask), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &old_mask)) {
      CPU_SET(cpu, &one);
      break;
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  const int threads = available_threads();
  sched_setaffinity(0, sizeof(old_mask), &old_mask);
  EXPECT_EQ(threads, 1);
}

}  // namespace
}  // namespace jnlp
