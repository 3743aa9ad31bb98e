#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace jnlp {

/// A whole file mapped read-only. Pages are shared with the page cache and loaded when touched.
/// The mapping outlives a rename or removal of the file; bytes() stays valid until destruction.
class MappedFile {
 public:
  MappedFile() = default;
  /// @throws Error not_found, invalid_input (a directory) or io. An empty file maps to no bytes.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// Gives back the memory of all pages that hold a byte of `part`, which lies in bytes(). They
  /// stay readable: what is read again comes from the page cache, or from the file, once more.
  void release(std::span<const std::byte> part) const;

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace jnlp
