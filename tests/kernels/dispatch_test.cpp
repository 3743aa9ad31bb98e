#include "kernels/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "base/error.h"

namespace jnlp {
namespace {

TEST(Dispatch, TheReferenceIsAlwaysThereAndLast) {
  const auto kernels = available_kernels();
  ASSERT_FALSE(kernels.empty());
  EXPECT_STREQ(kernels.back()->name, "reference");
  for (const Kernels* k : kernels) EXPECT_EQ(&kernels_named(k->name), k);
}

TEST(Dispatch, UnknownNamesAndMissingInstructionSetsAreDifferentErrors) {
  try {
    kernels_named("avx1024");
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_input);
    EXPECT_NE(std::string(e.what()).find("reference"), std::string::npos) << e.what();
  }
#if defined(__x86_64__)
  const char* foreign = "neon";
#else
  const char* foreign = "avx2";
#endif
  try {
    kernels_named(foreign);
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
  }
}

// The other tests of this folder run what the CPU has; here stands what that was.
class InstructionSet : public ::testing::TestWithParam<std::string_view> {};

TEST_P(InstructionSet, IsTestedHere) {
  for (const Kernels* kernels : available_kernels()) {
    if (kernels->name == GetParam()) return;
  }
  GTEST_SKIP() << "this CPU has no " << GetParam() << ": its kernels were not tested";
}

INSTANTIATE_TEST_SUITE_P(All, InstructionSet,
                         ::testing::ValuesIn(known_kernel_names().begin(),
                                             known_kernel_names().end()),
                         [](const auto& info) { return std::string(info.param); });

// The choice is made once per process, so each case has a process of its own.
[[noreturn]] void print_choice(const char* forced) {
  ::setenv("JETSON_NLP_ISA", forced, 1);
  try {
    std::cerr << "chosen " << best_kernels().name << std::endl;
    std::exit(0);
  } catch (const Error& e) {
    std::cerr << e.what() << std::endl;
    std::exit(1);
  }
}

TEST(DispatchDeathTest, TheEnvironmentForcesAPath) {
  const std::string best = "chosen " + std::string(available_kernels().front()->name);
  EXPECT_EXIT(print_choice("reference"), ::testing::ExitedWithCode(0), "chosen reference");
  EXPECT_EXIT(print_choice(""), ::testing::ExitedWithCode(0), best);
  EXPECT_EXIT(print_choice("sse9"), ::testing::ExitedWithCode(1), "JETSON_NLP_ISA");
}

}  // namespace
}  // namespace jnlp
