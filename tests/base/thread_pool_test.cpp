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

// The affinity mask of each thread of a pool of two with this budget.
std::vector<cpu_set_t> masks_in_pool(const CpuBudget& budget) {
  std::vector<cpu_set_t> masks(2);
  ThreadPool pool(2, budget);
  std::atomic<int> present{0};
  pool.parallel_for(2, [&](int64_t, int worker) {
    sched_getaffinity(0, sizeof(cpu_set_t), &masks[static_cast<size_t>(worker)]);
    ++present;
    while (present < 2) std::this_thread::yield();  // so that each thread takes a task
  });
  return masks;
}

TEST(ThreadPool, BindsWorkersToTheFastCpusWhereSlowOnesAreLeftOut) {
  CpuBudget budget = cpu_budget();
  if (budget.cpus.size() < 2) GTEST_SKIP() << "needs two CPUs";
  cpu_set_t old_mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old_mask), &old_mask), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(budget.cpus.front(), &one);
  // Workers inherit the mask of one CPU unless they are given another.
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  budget.slow_left_out = false;
  const auto as_inherited = masks_in_pool(budget);
  budget.slow_left_out = true;
  const auto bound = masks_in_pool(budget);
  budget.cpus.resize(1);
  const auto more_than_cpus = masks_in_pool(budget);
  sched_setaffinity(0, sizeof(old_mask), &old_mask);
  EXPECT_EQ(CPU_COUNT(&as_inherited[1]), 1);
  EXPECT_EQ(CPU_COUNT(&more_than_cpus[1]), 1);
  EXPECT_TRUE(CPU_EQUAL(&bound[1], &old_mask));
  EXPECT_TRUE(CPU_EQUAL(&bound[0], &one)) << "the caller must stay as it was";
}

}  // namespace
}  // namespace jnlp
