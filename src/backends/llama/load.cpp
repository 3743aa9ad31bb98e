#include "backends/llama/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/llama/cpu_check.h"
#include "backends/llama/gpu_fit.h"
#include "backends/llama/log.h"
#include "base/cpu_budget.h"
#include "base/error.h"

namespace jnlp {
namespace {

int64_t checked_context(const LlamaModel& model, int64_t asked) {
  const int64_t trained = model.trained_context();
  if (asked == 0) return std::min(trained, kDefaultLlamaContext);
  if (asked > 0 && asked <= trained) return asked;
  throw Error(ErrorCode::invalid_input,
              fmt::format("a context of {} tokens was asked for; {} was trained for 1 to {}", asked,
                          model.name(), trained));
}

}  // namespace

LoadedLlama load_llama_model(const std::filesystem::path& gguf, const LlamaOptions& options,
                             int sequences) {
  check_llama_cpu();
  start_llama();
  LoadedLlama loaded;
  check_gguf_file(gguf);
  loaded.model =
      std::make_shared<const LlamaModel>(gguf, choose_gpu_layers(gguf, options, sequences));
  loaded.context_size = checked_context(*loaded.model, options.context_size);
  loaded.threads = options.threads > 0 ? options.threads : available_threads();
  return loaded;
}

}  // namespace jnlp
