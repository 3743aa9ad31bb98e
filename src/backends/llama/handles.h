#pragma once

#include <ggml-cpu.h>
#include <llama.h>

#include <memory>

namespace jnlp {

/// Owners of what llama.cpp hands out.
struct LlamaDeleter {
  void operator()(llama_model* model) const { llama_model_free(model); }
  void operator()(llama_context* context) const { llama_free(context); }
  void operator()(llama_sampler* sampler) const { llama_sampler_free(sampler); }
  void operator()(ggml_threadpool* pool) const { ggml_threadpool_free(pool); }
};
using LlamaModelHandle = std::unique_ptr<llama_model, LlamaDeleter>;
using LlamaContextHandle = std::unique_ptr<llama_context, LlamaDeleter>;
using LlamaSamplerHandle = std::unique_ptr<llama_sampler, LlamaDeleter>;
using LlamaThreadsHandle = std::unique_ptr<ggml_threadpool, LlamaDeleter>;

}  // namespace jnlp
