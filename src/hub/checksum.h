#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace jnlp {

/// The checksum under which the hub stores a file: SHA-256 of the bytes for large files (64
/// hexadecimal digits), and for plain ones the id of the git blob, SHA-1 of "blob <size>\0" and the
/// bytes (40 digits). Fed piece by piece.
class Checksum {
 public:
  /// `expected` tells by its length which one is meant; `size` is the file's, in bytes.
  /// @throws Error invalid_input when `expected` is neither.
  Checksum(std::string expected, int64_t size);
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void restart();
  void update(std::string_view bytes);
  /// The digest in hexadecimal; ends the calculation.
  std::string finish();
  const std::string& expected() const { return expected_; }

 private:
  struct Context;
  std::string expected_;
  int64_t size_;
  std::unique_ptr<Context> context_;
};

/// The SHA-256 of a file in hexadecimal, read piece by piece. @throws Error io.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace jnlp
