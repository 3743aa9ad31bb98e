#pragma once

#include "backends/llama/handles.h"

namespace jnlp {

/// Threads that stay, for a context to compute with. @throws Error internal.
LlamaThreadsHandle make_llama_threads(int count);

}  // namespace jnlp
