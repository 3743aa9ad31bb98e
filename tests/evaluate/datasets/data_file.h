#pragma once

#include <zlib.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp::test {

/// A folder with small data files that a test writes itself.
class DataFolder {
 public:
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const auto path = dir_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    write_file(path, content);
    return path;
  }

  std::filesystem::path write_gzip(const std::string& name, std::string_view content) const {
    const auto path = dir_.path() / name;
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
    gzclose(file);
    return path;
  }

  const std::filesystem::path& path() const { return dir_.path(); }

 private:
  TemporaryDir dir_;
};

/// The message of the Error that `action` throws; "" when it throws none.
inline std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// True when `text` holds `part`.
inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace jnlp::test
