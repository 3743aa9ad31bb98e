#include "server/memory_budget.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "report/process.h"

namespace jnlp {
namespace {

double megabytes(int64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

}  // namespace

MemoryBudget::MemoryBudget(int64_t bytes, std::function<int64_t()> used)
    : bytes_(bytes), used_(std::move(used)) {}

void MemoryBudget::check(const std::string& model, int64_t estimated_bytes) const {
  if (bytes_ == 0) return;
  const int64_t used = used_();
  const int64_t left = std::max<int64_t>(bytes_ - used, 0);
  if (estimated_bytes <= left) return;
  throw Error(
      ErrorCode::invalid_input,
      fmt::format("{} does not fit: it needs about {:.1f} MB (estimated from its weights); of the "
                  "budget of {:.1f} MB {:.1f} MB are used and {:.1f} MB are left; raise "
                  "--memory-budget, choose a smaller --dtype or unload another model",
                  model, megabytes(estimated_bytes), megabytes(bytes_), megabytes(used),
                  megabytes(left)));
}

int64_t MemoryBudget::resident_bytes() {
  release_freed_memory();
  return std::max<int64_t>(memory_use().resident, 0);
}

void keep_memory_together() {
#ifdef __GLIBC__
  constexpr int kArenas = 2;
  constexpr int kOwnMapping = 1 << 20;
  mallopt(M_ARENA_MAX, kArenas);
  mallopt(M_MMAP_THRESHOLD, kOwnMapping);
#endif
}

void release_freed_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace jnlp
