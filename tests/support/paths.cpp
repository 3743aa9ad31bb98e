#include "support/paths.h"

#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace jnlp::test {

std::filesystem::path source_dir() {
  return JNLP_SOURCE_DIR;
}

std::filesystem::path test_file(const std::string& relative) {
  return source_dir() / "tests" / relative;
}

std::optional<std::filesystem::path> shared_data() {
  const char* named = std::getenv("JNLP_SHARED_DATA");
  std::filesystem::path path =
      named != nullptr ? named : source_dir().parent_path() / "shared/data";
  if (!std::filesystem::is_directory(path)) return std::nullopt;
  return path;
}

TemporaryDir::TemporaryDir() {
  std::string name = (std::filesystem::temp_directory_path() / "jnlp-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryDir::~TemporaryDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace jnlp::test
