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
  /// What is written before commit().
  enum class Temporary {
    nameless,  ///< no name, so that nothing is left when the process is killed; named where the
               ///< file system cannot do that
    named,     ///< for a library that writes files by name
  };

  /// @throws Error io when the folder cannot be written.
  explicit AtomicFile(std::filesystem::path path, Temporary temporary = Temporary::nameless);
  /// Removes the temporary file if commit() was not reached.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// @throws Error io, for example when the disk is full.
  void write(std::string_view bytes);
  /// The file of Temporary::named, which others may write to before commit().
  const std::filesystem::path& temporary_path() const { return temporary_path_; }
  /// Makes the file visible under its name. @throws Error io.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
  int descriptor_ = -1;
  bool nameless_ = false;  // temporary_path_ is free until commit()
};

/// AtomicFile in one call. @throws Error io.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace jnlp
