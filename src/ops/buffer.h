#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace jnlp {

/// Memory for floats, aligned to cache lines (to 2 MB when large, so that the system can back it
/// with huge pages). Not set to any value.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  /// @throws std::bad_alloc.
  explicit FloatBuffer(int64_t size);

  /// Makes room for at least `size` floats; the content is lost when it grows.
  void reserve(int64_t size);

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  int64_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* memory) const;
  };
  std::unique_ptr<float[], Free> data_;
  int64_t size_ = 0;
};

}  // namespace jnlp
