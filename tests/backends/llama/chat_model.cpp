#include "chat_model.h"

#include <cstdlib>
#include <string>

namespace jnlp::test {

std::optional<std::filesystem::path> chat_model() {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder = data != nullptr && *data != '\0' ? data : "";
  if (folder.empty()) folder = std::filesystem::path(home != nullptr ? home : "") / ".local/share";
  std::filesystem::path file =
      folder / "jetson-nlp/models/SmolLM2-135M-Instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!std::filesystem::exists(file)) return std::nullopt;
  return file;
}

}  // namespace jnlp::test
