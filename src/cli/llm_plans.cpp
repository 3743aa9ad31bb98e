#include "cli/llm_plans.h"

#include <algorithm>

#include "cli/load_generator.h"
#include "llm/llamacpp_runtime.h"

namespace jnlp {
namespace {

LlamaOptions llama_options(const LlmFlags& flags) {
  return {
      .context_size = flags.context_size, .threads = flags.threads, .gpu_layers = flags.gpu_layers};
}

bool names_gguf(const std::string& model) {
  return model.ends_with(".gguf");
}

// --model is that of Transformers unless it names a GGUF file.
std::string gguf_name(const LlmFlags& flags) {
  if (!flags.model_path.empty()) return flags.model_path;
  return names_gguf(flags.model) ? flags.model : kDefaultGenerator;
}

std::unique_ptr<LlmRuntime> make_llamacpp(const LlmFlags& flags) {
  const std::string name = gguf_name(flags);
  return make_llamacpp_runtime(find_gguf(name), name, llama_options(flags));
}

}  // namespace

const std::vector<std::string>& llm_methods() {
  static const std::vector<std::string> methods = {"llamacpp"};
  return methods;
}

std::vector<std::string> chosen_methods(const LlmFlags& flags) {
  const auto has = [&](const std::string& name) {
    return std::find(flags.methods.begin(), flags.methods.end(), name) != flags.methods.end();
  };
  if (flags.all_methods || flags.methods.empty() || has("all")) return llm_methods();
  std::vector<std::string> chosen;
  std::copy_if(llm_methods().begin(), llm_methods().end(), std::back_inserter(chosen), has);
  return chosen;
}

std::vector<MethodPlan> plans_of(const LlmFlags& flags) {
  std::vector<MethodPlan> plans;
  for (const std::string& method : chosen_methods(flags)) {
    plans.push_back({method, [flags] { return make_llamacpp(flags); }});
  }
  return plans;
}

}  // namespace jnlp
