#include "ops/buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace jnlp {

void AlignedFree::operator()(void* memory) const {
  std::free(memory);
}

std::unique_ptr<std::byte[], AlignedFree> allocate_aligned(size_t bytes) {
  constexpr size_t kLine = 64;
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kLine;
  const size_t rounded = (bytes + alignment) / alignment * alignment;
  std::unique_ptr<std::byte[], AlignedFree> memory(
      static_cast<std::byte*>(std::aligned_alloc(alignment, rounded)));
  if (memory == nullptr) throw std::bad_alloc();
  // Advice only: without it, or where it fails, everything is merely slower.
  if (alignment == kHugePage) ::madvise(memory.get(), rounded, MADV_HUGEPAGE);
  return memory;
}

}  // namespace jnlp
