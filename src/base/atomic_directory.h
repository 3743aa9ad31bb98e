#pragma once

#include <filesystem>

namespace jnlp {

/// A folder that appears whole or not at all: filled under another name beside `path`, then
/// renamed.
class AtomicDirectory {
 public:
  /// Makes the folders above `path` too. @throws Error io when they cannot be written.
  explicit AtomicDirectory(const std::filesystem::path& path);
  /// Removes everything if commit() was not reached.
  ~AtomicDirectory();
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;

  /// Where to put the files.
  const std::filesystem::path& path() const { return temporary_path_; }
  /// Gives the folder its name; what had that name before is removed. @throws Error io.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
  bool committed_ = false;
};

}  // namespace jnlp
