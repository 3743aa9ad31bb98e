#include "base/cpu_share.h"

#include <algorithm>
#include <atomic>

namespace jnlp {
namespace {

std::atomic<int> threads_at_work{0};
std::atomic<uint64_t> begins{0};

}  // namespace

CpuShare::CpuShare(int threads) noexcept : threads_(threads) {
  threads_at_work.fetch_add(threads_, std::memory_order_relaxed);
  begins.fetch_add(1, std::memory_order_relaxed);
}

CpuShare::~CpuShare() {
  threads_at_work.fetch_sub(threads_, std::memory_order_relaxed);
}

int CpuShare::of(int threads, int cpus) noexcept {
  const int all = threads_at_work.load(std::memory_order_relaxed);
  if (all <= threads || all <= cpus) return threads;
  return std::min(threads, std::max(1, cpus * threads / all));
}

uint64_t CpuShare::begun() noexcept {
  return begins.load(std::memory_order_relaxed);
}

}  // namespace jnlp
