// Takes the place of the backend where llama.cpp was not found.
#include "backends/llama/llama_backend.h"
#include "base/error.h"

namespace jnlp {

bool has_llama() {
  return false;
}

std::unique_ptr<TextGenerator> load_llama(const std::filesystem::path& /*gguf*/,
                                          const LlamaOptions& /*options*/) {
  throw Error(ErrorCode::unsupported,
              "this program was built without llama.cpp; run 'tools/setup.sh llama' and build it "
              "again (see docs/chat.md)");
}

}  // namespace jnlp
