#include "server/memory_budget.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/expect_error.h"

namespace jnlp {
namespace {

TEST(MemoryBudget, WithoutOneAnythingFits) {
  const MemoryBudget budget(0, [] { return int64_t{1} << 40; });
  EXPECT_NO_THROW(budget.check("model", int64_t{1} << 50));
}

TEST(MemoryBudget, ComparesWithWhatIsLeft) {
  const MemoryBudget budget(300'000'000, [] { return 120'000'000; });
  EXPECT_NO_THROW(budget.check("model", 180'000'000));
  EXPECT_ERROR(budget.check("big", 180'000'001), ErrorCode::invalid_input, "big does not fit");
}

TEST(MemoryBudget, SaysTheNumbers) {
  const MemoryBudget budget(300'000'000, [] { return 120'500'000; });
  EXPECT_ERROR(budget.check("big", 260'000'000), ErrorCode::invalid_input,
               "needs about 260.0 MB (estimated from its weights); of the budget of 300.0 MB 120.5 "
               "MB are used and 179.5 MB are left");
}

TEST(MemoryBudget, WhatIsUsedBeyondItLeavesNothing) {
  const MemoryBudget budget(100, [] { return 200; });
  EXPECT_ERROR(budget.check("model", 1), ErrorCode::invalid_input, "0.0 MB are left");
}

TEST(MemoryBudget, SeesThisProcess) {
  EXPECT_GT(MemoryBudget::resident_bytes(), 1'000'000);
}

}  // namespace
}  // namespace jnlp
