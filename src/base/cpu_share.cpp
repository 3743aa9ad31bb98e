#include "base/cpu_share.h"

#include <algorithm>
#include <atomic>

namespace jnlp {
namespace {

std::atomic<int> at_work{0};

}  // namespace

CpuShare::CpuShare() noexcept {
  at_work.fetch_add(1, std::memory_order_relaxed);
}

CpuShare::~CpuShare() {
  at_work.fetch_sub(1, std::memory_order_relaxed);
}

int CpuShare::of(int threads, int cpus) noexcept {
  const int sharers = at_work.load(std::memory_order_relaxed);
  return sharers <= 1 ? threads : std::min(threads, std::max(1, cpus / sharers));
}

}  // namespace jnlp
