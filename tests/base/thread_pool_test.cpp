#include "base/thread_pool.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <chrono>
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

CpuBudget budget_of(int threads) {
  CpuBudget budget;
  budget.threads = threads;
  return budget;
}

// How many of the pool's threads run tasks. The first tasks wait for `expected` threads, in vain
// for at most some seconds; the others are there for threads that should not come.
int threads_at_work(ThreadPool& pool, int expected) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  std::vector<std::atomic<bool>> seen(static_cast<size_t>(pool.size()));
  std::atomic<int> at_work{0};
  pool.parallel_for(4 * pool.size(), [&](int64_t, int worker) {
    if (!seen[static_cast<size_t>(worker)].exchange(true)) ++at_work;
    while (at_work < expected && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  });
  return at_work;
}

TEST(ThreadPool, PoolsAtWorkDivideTheCpus) {
  ThreadPool first(4, budget_of(4));
  ThreadPool second(4, budget_of(4));
  ThreadPool third(4, budget_of(4));
  const ThreadPool::Turn first_turn(first);
  EXPECT_EQ(threads_at_work(first, 4), 4);
  {
    const ThreadPool::Turn second_turn(second);
    EXPECT_EQ(threads_at_work(first, 2), 2);
    EXPECT_EQ(threads_at_work(second, 2), 2);
    const ThreadPool::Turn third_turn(third);
    EXPECT_EQ(threads_at_work(first, 1), 1);
  }
  EXPECT_EQ(threads_at_work(first, 4), 4);
  const CpuShare other(1);  // of a thread that is no pool's
  EXPECT_EQ(threads_at_work(first, 3), 3);
}

TEST(ThreadPool, TwoPoolsAtOnceRunEveryTaskOnce) {
  const auto many_turns = [](int64_t* sum) {
    ThreadPool pool(3, budget_of(4));
    for (int turn = 0; turn < 300; ++turn) {
      const ThreadPool::Turn pool_turn(pool);
      for (int loop = 0; loop < 10; ++loop) {
        std::atomic<int64_t> loop_sum{0};
        pool.parallel_for(5, [&](int64_t task, int) { loop_sum += task; });
        *sum += loop_sum;
      }
    }
  };
  int64_t sums[2] = {0, 0};
  std::thread other(many_turns, &sums[1]);
  many_turns(&sums[0]);
  other.join();
  EXPECT_EQ(sums[0], 300 * 10 * 10);
  EXPECT_EQ(sums[1], 300 * 10 * 10);
}

TEST(ThreadPool, TurnsAreGivenInTheOrderOfArrival) {
  ThreadPool pool(2);
  std::atomic<bool> over{false};
  std::atomic<int> busy_turns{0};
  std::thread busy([&] {
    while (!over) {
      const ThreadPool::Turn turn(pool);
      ++busy_turns;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  constexpr int kTurns = 50;
  while (busy_turns == 0) std::this_thread::yield();
  const int before = busy_turns;
  for (int turn = 0; turn < kTurns; ++turn) {
    const ThreadPool::Turn own(pool);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  const int between = busy_turns - before;
  over = true;
  busy.join();
  // One each time; more where this thread lost its CPU before it stood in the queue.
  EXPECT_LT(between, 4 * kTurns);
  EXPECT_GT(between, kTurns / 4);
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
