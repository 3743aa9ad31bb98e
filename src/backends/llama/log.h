#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace jnlp {

/// Starts llama.cpp, once per process, and takes its log: nothing of it is printed.
void start_llama();

/// The first error that llama.cpp logged on this thread since the last call; empty for none.
std::string take_llama_error();

/// Hears every line that llama.cpp logs on this thread, while it lives. One at a time.
class LlamaLogLines {
 public:
  using Listener = std::function<void(std::string_view line)>;
  explicit LlamaLogLines(Listener listener);
  ~LlamaLogLines();
  LlamaLogLines(const LlamaLogLines&) = delete;
  LlamaLogLines& operator=(const LlamaLogLines&) = delete;

 private:
  Listener listener_;
};

}  // namespace jnlp
