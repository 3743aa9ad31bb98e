#include "base/thread_slice.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace jnlp {
namespace {

constexpr uint64_t kResetOnFork = 1;    // threads that this one starts have usual slices
constexpr uint64_t kSliceNs = 100'000;  // the least that the kernel takes

// The kernel's struct sched_attr in its first version; glibc has it only from 2.41 on.
struct Attributes {
  uint32_t size = sizeof(Attributes);
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;
  uint64_t deadline = 0;
  uint64_t period = 0;
};

}  // namespace

void prefer_short_slices() noexcept {
  Attributes attributes;
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;  // somebody decided otherwise
  attributes.flags |= kResetOnFork;
  attributes.runtime = kSliceNs;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace jnlp
