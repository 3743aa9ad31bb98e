#include "cli/result_file.h"

namespace jnlp {

std::unique_ptr<AtomicFile> open_result_file(const std::string& path) {
  return path.empty() ? nullptr : std::make_unique<AtomicFile>(path);
}

void finish_file(AtomicFile* file, const std::string& content) {
  if (file == nullptr) return;
  file->write(content);
  file->commit();
}

}  // namespace jnlp
