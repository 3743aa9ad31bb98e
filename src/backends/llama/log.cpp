#include "backends/llama/log.h"

#include <llama.h>

#include <mutex>
#include <string_view>
#include <utility>

namespace jnlp {
namespace {

thread_local std::string first_error;
thread_local const LlamaLogLines::Listener* listener = nullptr;

// A line is "name_of_a_function: what happened". The first error has the reason, those behind it
// say that something failed because of it.
void take_line(ggml_log_level level, const char* text, void* /*unused*/) {
  if (listener != nullptr) (*listener)(text);
  if (level != GGML_LOG_LEVEL_ERROR || !first_error.empty()) return;
  std::string_view line = text;
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  const size_t colon = line.find(": ");
  if (colon != std::string_view::npos &&
      line.substr(0, colon).find(' ') == std::string_view::npos) {
    line.remove_prefix(colon + 2);
  }
  first_error = line;
}

}  // namespace

void start_llama() {
  static std::once_flag once;
  std::call_once(once, [] {
    llama_log_set(take_line, nullptr);
    llama_backend_init();
  });
}

std::string take_llama_error() {
  return std::exchange(first_error, {});
}

LlamaLogLines::LlamaLogLines(Listener to_tell) : listener_(std::move(to_tell)) {
  listener = &listener_;
}

LlamaLogLines::~LlamaLogLines() {
  listener = nullptr;
}

}  // namespace jnlp
