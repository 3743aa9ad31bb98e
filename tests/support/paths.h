#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace jnlp::test {

/// A file of the project's own tests/ folder, for example "golden/metrics/seqeval.json".
std::filesystem::path test_file(const std::string& relative);

/// The project's root folder.
std::filesystem::path source_dir();

/// The folder of public data sets that is not part of the project: $JNLP_SHARED_DATA, else
/// ../shared/data beside the project; nothing when it is absent. Tests that need it then call
/// GTEST_SKIP() and say so.
std::optional<std::filesystem::path> shared_data();

/// A new empty folder under the system's temporary folder, removed with its content at the end.
class TemporaryDir {
 public:
  TemporaryDir();
  ~TemporaryDir();
  TemporaryDir(const TemporaryDir&) = delete;
  TemporaryDir& operator=(const TemporaryDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace jnlp::test
