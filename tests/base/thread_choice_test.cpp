#include "base/thread_choice.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace jnlp::test {
namespace {

// Seconds of a step with so many threads.
using Machine = std::function<double(int threads)>;

struct Steps {
  double seconds = 0;
  std::map<int, int> by_threads;
};

Steps run(ThreadChoice& choice, int steps, const Machine& machine) {
  Steps all;
  for (int i = 0; i < steps; ++i) {
    const int threads = choice.next();
    const double seconds = machine(threads);
    choice.took(seconds);
    ++all.by_threads[threads];
    all.seconds += seconds;
  }
  return all;
}

double free_machine(int threads) {
  return 0.016 / threads;
}

// Where others compute too, threads that wait for each other wait for a processor.
double busy_machine(int threads) {
  return threads == 1 ? 0.020 : 1.0;
}

TEST(ThreadChoice, OneThreadIsNoChoice) {
  ThreadChoice choice(1);
  EXPECT_EQ(run(choice, 100, free_machine).by_threads[1], 100);
}

TEST(ThreadChoice, AFreeMachineHasAllThreadsWork) {
  for (const int most : {2, 3, 6, 8, 64}) {
    ThreadChoice choice(most);
    run(choice, 100, free_machine);
    EXPECT_EQ(choice.best(), most);
    const Steps later = run(choice, 5000, free_machine);
    EXPECT_LT(later.seconds, 1.03 * 5000 * free_machine(most)) << most;
    EXPECT_GT(later.by_threads.size(), 1U) << "nothing else was tried";
  }
}

TEST(ThreadChoice, ABusyMachineIsNoticedWithinTwoSteps) {
  ThreadChoice fresh(2);
  EXPECT_LT(run(fresh, 50, busy_machine).seconds, 1.0 + 50 * 0.020);

  ThreadChoice choice(2);
  run(choice, 1000, free_machine);
  EXPECT_LT(run(choice, 50, busy_machine).seconds, 2 * 1.0 + 50 * 0.020);
  const Steps later = run(choice, 5000, busy_machine);
  EXPECT_EQ(choice.best(), 1);
  EXPECT_LT(later.seconds, 1.15 * 5000 * 0.020);
}

TEST(ThreadChoice, TheBestNumberMayLieBetween) {
  const Machine one_other = [](int threads) { return threads == 8 ? 0.1 : 0.016 / threads; };
  ThreadChoice choice(8);
  run(choice, 1000, one_other);
  EXPECT_EQ(choice.best(), 7);
  const Machine three_others = [](int threads) { return threads > 5 ? 0.5 : 0.016 / threads; };
  run(choice, 1000, three_others);
  EXPECT_EQ(choice.best(), 4);
}

TEST(ThreadChoice, AMachineThatBecameFreeIsNoticed) {
  ThreadChoice choice(6);
  run(choice, 1000, busy_machine);
  ASSERT_EQ(choice.best(), 1);
  const Steps after = run(choice, 4000, free_machine);
  EXPECT_EQ(choice.best(), 6);
  EXPECT_LT(after.seconds, 40 + 4000 * free_machine(6));
}

TEST(ThreadChoice, DisturbedTrialsAreNotRepeatedAtOnce) {
  ThreadChoice choice(8);
  run(choice, 100, free_machine);
  int trials = 0;
  for (int step = 0; step < 1000; ++step) {
    const int threads = choice.next();
    if (threads == 8) {
      choice.took(free_machine(8));
    } else {
      ++trials;
      choice.disturbed();
    }
  }
  EXPECT_GT(trials, 0);
  EXPECT_LT(trials, 15);  // of 2 s
}

TEST(ThreadChoice, ASingleSlowStepChangesNothingForLong) {
  ThreadChoice choice(2);
  run(choice, 1000, free_machine);
  int step = 0;
  const Machine stumbles = [&](int threads) { return ++step == 1 ? 0.2 : free_machine(threads); };
  const Steps after = run(choice, 2000, stumbles);
  EXPECT_EQ(choice.best(), 2);
  EXPECT_GT(after.by_threads.at(2), 500);
}

}  // namespace
}  // namespace jnlp::test
