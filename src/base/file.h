#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace jnlp {

/// The whole file as bytes.
/// @throws Error not_found, or io.
std::string read_file(const std::filesystem::path& path);

/// Writes a file that appears whole or not at all: to a temporary file in the same folder, flushed
/// to disk, then renamed over `path`.
class AtomicFile {
 public:
  /// @throws Error io when the folder cannot be written.
  explicit AtomicFile(std::filesystem::path path);
  /// Removes the temporary file if commit() was not reached.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// @throws Error io, for example when the disk is full.
  void write(std::string_view bytes);
  /// For a library that writes files by name: it may write to this one before commit().
  const std::filesystem::path& temporary_path() const { return temporary_path_; }
  /// Makes the file visible under its name. @throws Error io.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
  int descriptor_ = -1;
};

/// AtomicFile in one call. @throws Error io.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace jnlp
