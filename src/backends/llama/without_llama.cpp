// Takes the place of the backend where llama.cpp was not found.
#include "backends/llama/llama_backend.h"
#include "backends/llama/quantize.h"
#include "backends/llama/speed.h"
#include "base/error.h"

namespace jnlp {
namespace {

[[noreturn]] void throw_without_llama() {
  throw Error(ErrorCode::unsupported,
              "this program was built without llama.cpp; run 'tools/setup.sh llama' and build it "
              "again (see docs/chat.md)");
}

}  // namespace

bool has_llama() {
  return false;
}

std::unique_ptr<TextGenerator> load_llama(const std::filesystem::path& /*gguf*/,
                                          const LlamaOptions& /*options*/) {
  throw_without_llama();
}

std::unique_ptr<TextGenerationPool> load_llama_pool(const std::filesystem::path& /*gguf*/,
                                                    const LlamaOptions& /*options*/,
                                                    int /*slots*/) {
  throw_without_llama();
}

std::unique_ptr<TextScorer> load_llama_scorer(const std::filesystem::path& /*gguf*/,
                                              const LlamaOptions& /*options*/) {
  throw_without_llama();
}

std::vector<std::string_view> gguf_types() {
  return {};
}

std::string gguf_type_of(const std::filesystem::path& /*gguf*/) {
  throw_without_llama();
}

void quantize_gguf(const std::filesystem::path& /*input*/, const std::filesystem::path& /*output*/,
                   std::string_view /*type*/, const QuantizeOptions& /*options*/) {
  throw_without_llama();
}

std::vector<LlamaSpeed> measure_llama_speed(std::span<const std::filesystem::path> /*models*/,
                                            const LlamaOptions& /*options*/, int /*rounds*/) {
  throw_without_llama();
}

}  // namespace jnlp
