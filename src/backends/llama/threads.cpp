#include "backends/llama/threads.h"

#include <fmt/format.h>

#include "base/error.h"

namespace jnlp {
namespace {

// Between tokens they wait awake, but only for some milliseconds: by default it is a tenth of a
// second, which whatever runs after an answer pays for.
LlamaThreadsHandle make_threads(int count) {
  ggml_threadpool_params params = ggml_threadpool_params_default(count);
  params.poll = 1;
  LlamaThreadsHandle pool(ggml_threadpool_new(&params));
  if (!pool) throw Error(ErrorCode::internal, fmt::format("cannot start {} threads", count));
  return pool;
}

}  // namespace

void LlamaThreads::use(llama_context* context, int count) {
  if (count == used_) return;
  LlamaThreadsHandle& pool = pools_[count];
  if (!pool) pool = make_threads(count);
  llama_attach_threadpool(context, pool.get(), pool.get());
  llama_set_n_threads(context, count, count);
  used_ = count;
}

}  // namespace jnlp
