#include "backends/llama/threads.h"

#include <fmt/format.h>

#include "base/error.h"

namespace jnlp {

// ggml would start new threads for every token; these stay. Between tokens they wait awake, but
// only for some milliseconds: by default it is a tenth of a second, which whatever runs after an
// answer pays for.
LlamaThreadsHandle make_llama_threads(int count) {
  ggml_threadpool_params params = ggml_threadpool_params_default(count);
  params.poll = 1;
  LlamaThreadsHandle pool(ggml_threadpool_new(&params));
  if (!pool) throw Error(ErrorCode::internal, fmt::format("cannot start {} threads", count));
  return pool;
}

}  // namespace jnlp
