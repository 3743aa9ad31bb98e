#include "ops/buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace jnlp {

void FloatBuffer::Free::operator()(float* memory) const {
  std::free(memory);
}

FloatBuffer::FloatBuffer(int64_t size) : size_(size) {
  constexpr size_t kLine = 64;
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t bytes = static_cast<size_t>(size) * sizeof(float);
  const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kLine;
  const size_t rounded = (bytes + alignment) / alignment * alignment;
  data_.reset(static_cast<float*>(std::aligned_alloc(alignment, rounded)));
  if (data_ == nullptr) throw std::bad_alloc();
  // Advice only: without it, or where it fails, everything is merely slower.
  if (alignment == kHugePage) ::madvise(data_.get(), rounded, MADV_HUGEPAGE);
}

void FloatBuffer::reserve(int64_t size) {
  if (size <= size_) return;
  *this = FloatBuffer();  // first free, so that both are never there at once
  *this = FloatBuffer(size);
}

}  // namespace jnlp
