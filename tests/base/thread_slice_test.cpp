#include "base/thread_slice.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <thread>

namespace jnlp {
namespace {

// Nanoseconds of the calling thread's slice, from struct sched_attr; 0 where the kernel has none.
uint64_t slice() {
  std::array<char, 48> attributes{};
  constexpr size_t kRuntimeOffset = 24;
  uint64_t runtime = 0;
  EXPECT_EQ(::syscall(SYS_sched_getattr, 0, attributes.data(), attributes.size(), 0), 0);
  std::memcpy(&runtime, attributes.data() + kRuntimeOffset, sizeof(runtime));
  return runtime;
}

TEST(ThreadSlice, IsShortForTheCallingThreadAlone) {
  const uint64_t before = slice();
  if (before == 0) GTEST_SKIP() << "this kernel knows no slices of threads";
  std::thread([before] {
    setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 3);
    prefer_short_slices();
    EXPECT_LT(slice(), before);
    EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid))), 3);
    EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
    std::thread([before] { EXPECT_EQ(slice(), before); }).join();
  }).join();
  EXPECT_EQ(slice(), before);
}

}  // namespace
}  // namespace jnlp
