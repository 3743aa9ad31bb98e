#include "serve/fair_order.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace jnlp {
namespace {

// Flows that always have work and take sequences of a fixed length each.
std::map<int, int64_t> tokens_after(int steps, const std::map<int, int64_t>& lengths) {
  FairOrder<int> order;
  std::map<int, int64_t> taken;
  for (const auto& [flow, length] : lengths) order.add(static_cast<uint64_t>(flow), flow, length);
  for (int step = 0; step < steps; ++step) {
    const int flow = order.next();
    order.take(lengths.at(flow));
    taken[flow] += lengths.at(flow);
  }
  return taken;
}

TEST(FairOrder, KeepsBusyFlowsWithinTheLongestSequencesOfTheTwo) {
  const std::map<int, int64_t> lengths = {{1, 1}, {2, 7}, {3, 20}, {4, 512}, {5, 333}};
  for (int steps = 1; steps < 5000; steps = steps * 3 / 2 + 1) {
    auto taken = tokens_after(steps, lengths);
    for (const auto& [a, length_a] : lengths) {
      for (const auto& [b, length_b] : lengths) {
        EXPECT_LE(taken[a] - taken[b], length_a + length_b) << steps << ' ' << a << ' ' << b;
      }
    }
  }
}

TEST(FairOrder, LetsANewFlowWaitForItsOwnLengthOfEachOther) {
  for (const int64_t length : {1, 20, 100, 512}) {
    FairOrder<int> order;
    for (int flow = 1; flow <= 5; ++flow) order.add(static_cast<uint64_t>(flow), flow, flow * 10);
    for (int step = 0; step < 1234; ++step) order.take(order.next() * 10);
    order.add(9, 9, length);
    std::map<int, int64_t> before;
    while (order.next() != 9) {
      before[order.next()] += order.next() * 10;
      order.take(order.next() * 10);
    }
    for (const auto& [flow, tokens] : before) EXPECT_LE(tokens, length + flow * 10) << flow;
  }
}

// Callers of one short sequence that come back, as new flows, when they have been answered.
TEST(FairOrder, IsNotHeldUpByAStreamOfNewFlows) {
  FairOrder<int> order;
  std::map<int, int64_t> taken;
  order.add(0, 0, 20);
  order.add(1, 1, 512);
  constexpr int kCallers = 8;
  uint64_t flow = 2;
  for (int caller = 2; caller < 2 + kCallers; ++caller) order.add(flow++, caller, 20);
  for (int step = 0; step < 20000; ++step) {
    const int item = order.next();
    if (item < 2) {
      order.take(item == 0 ? 20 : 512);
      taken[item] += item == 0 ? 20 : 512;
    } else {
      order.take(0);
      taken[item] += 20;
      order.add(flow++, item, 20);
    }
  }
  for (const auto& [a, tokens_a] : taken) {
    for (const auto& [b, tokens_b] : taken) EXPECT_LE(tokens_a - tokens_b, 1024) << a << ' ' << b;
  }
  EXPECT_EQ(taken.size(), 2U + kCallers);
}

TEST(FairOrder, SavesUpNoTurnsForAnIdleFlow) {
  FairOrder<int> order;
  order.add(1, 1, 10);
  order.add(2, 2, 10);
  order.take(0);  // flow 1 has nothing more
  for (int i = 0; i < 100; ++i) order.take(10);
  order.add(1, 1, 10);
  std::vector<int> taken;
  for (int i = 0; i < 4; ++i) {
    taken.push_back(order.next());
    order.take(10);
  }
  EXPECT_EQ(taken, (std::vector<int>{2, 1, 2, 1}));
}

TEST(FairOrder, TakesTurnsWithinAFlow) {
  FairOrder<int> order;
  for (const int item : {1, 2, 3}) order.add(7, item, 5);
  std::vector<int> taken;
  for (int i = 0; i < 5; ++i) {
    taken.push_back(order.next());
    order.take(order.next() == 2 ? 0 : 5);
  }
  EXPECT_EQ(taken, (std::vector<int>{1, 2, 3, 1, 3}));
  order.remove(7, 1);
  EXPECT_EQ(order.next(), 3);
  order.take(0);
  EXPECT_TRUE(order.empty());
}

TEST(FairOrder, GivesTheTurnOfARemovedItemToTheNext) {
  FairOrder<int> order;
  order.add(1, 1, 500);
  order.add(1, 2, 5);
  order.add(2, 3, 50);
  EXPECT_EQ(order.next(), 3);
  order.remove(1, 1);
  EXPECT_EQ(order.next(), 2);
  order.remove(1, 2);
  EXPECT_EQ(order.next(), 3);
  order.remove(2, 3);
  EXPECT_TRUE(order.empty());
}

}  // namespace
}  // namespace jnlp
