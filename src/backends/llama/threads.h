#pragma once

#include <map>

#include "backends/llama/handles.h"

namespace jnlp {

/// The threads that a context computes with. They stay, where ggml would start new ones for every
/// token, and must outlive the context.
class LlamaThreads {
 public:
  /// Has the context compute with `count` threads from now on. ggml ends the program when the
  /// system gives it no thread. @throws Error internal.
  void use(llama_context* context, int count);

 private:
  // By count: the threads of a pool that a computation does not need would watch for the next one,
  // and take processors from those who compute.
  std::map<int, LlamaThreadsHandle> pools_;
  int used_ = 0;
};

}  // namespace jnlp
