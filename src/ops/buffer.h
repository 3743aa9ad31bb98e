#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace jnlp {

struct AlignedFree {
  void operator()(void* memory) const;
};

/// Memory aligned to cache lines (to 2 MB when large, so that the system can back it with huge
/// pages), not set to any value. @throws std::bad_alloc.
std::unique_ptr<std::byte[], AlignedFree> allocate_aligned(size_t bytes);

/// An array in such memory.
template <typename T>
class Buffer {
  static_assert(std::is_trivial_v<T>);

 public:
  Buffer() = default;
  /// @throws std::bad_alloc.
  explicit Buffer(int64_t size)
      : memory_(allocate_aligned(static_cast<size_t>(size) * sizeof(T))), size_(size) {}

  /// Makes room for at least `size` elements; the content is lost when it grows.
  void reserve(int64_t size) {
    if (size <= size_) return;
    *this = Buffer();  // first free, so that both are never there at once
    *this = Buffer(size);
  }

  T* data() { return reinterpret_cast<T*>(memory_.get()); }
  const T* data() const { return reinterpret_cast<const T*>(memory_.get()); }
  int64_t size() const { return size_; }

 private:
  std::unique_ptr<std::byte[], AlignedFree> memory_;
  int64_t size_ = 0;
};

using FloatBuffer = Buffer<float>;

}  // namespace jnlp
