#include "cli/llm_plans.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <memory>

#include "cli/load_generator.h"
#include "llm/huggingface_runtime.h"
#include "llm/llamacpp_runtime.h"
#include "llm/ollama_runtime.h"
#include "llm/openai_runtime.h"

namespace jnlp {
namespace {

using Runtime = std::unique_ptr<LlmRuntime>;

constexpr int kMoreThanAnyModel = 999;  // layers; Ollama takes as many as there are

bool names_gguf(const std::string& model) {
  return model.ends_with(".gguf");
}

// --model is that of Transformers unless it names a GGUF file.
std::string gguf_name(const LlmFlags& flags) {
  if (!flags.model_path.empty()) return flags.model_path;
  return names_gguf(flags.model) ? flags.model : kDefaultGenerator;
}

// Transformers has a model on a GPU as a whole or not at all.
std::string device_of(const GpuLayers& layers) {
  if (layers.kind == GpuLayers::Kind::automatic) return "auto";
  return layers.kind == GpuLayers::Kind::count && layers.count == 0 ? "cpu" : "cuda";
}

Runtime make_huggingface(const LlmFlags& flags) {
  HuggingfaceOptions options;
  const bool named = !flags.model.empty() && !names_gguf(flags.model);
  options.model = named ? flags.model : find_gguf(gguf_name(flags)).string();
  options.threads = flags.threads;
  options.device = device_of(parse_gpu_layers(flags.gpu_layers));
  return make_huggingface_runtime(options);
}

Runtime make_llamacpp(const LlmFlags& flags) {
  const std::string name = gguf_name(flags);
  return make_llamacpp_runtime(find_gguf(name), name,
                               {.context_size = flags.context_size,
                                .threads = flags.threads,
                                .gpu_layers = parse_gpu_layers(flags.gpu_layers)});
}

// A --model without the others' options is meant for the one method that was asked for.
bool is_alone(const LlmFlags& flags, const std::string& method) {
  return chosen_methods(flags) == std::vector<std::string>{method};
}

Runtime make_ollama(const LlmFlags& flags) {
  OllamaOptions options;
  options.url = flags.ollama_url;
  options.model = flags.ollama_model;
  if (options.model.empty() && is_alone(flags, "ollama") && !names_gguf(flags.model)) {
    options.model = flags.model;
  }
  if (options.model.empty()) options.gguf = find_gguf(gguf_name(flags));
  options.threads = flags.threads;
  const GpuLayers layers = parse_gpu_layers(flags.gpu_layers);
  if (layers.kind == GpuLayers::Kind::count) options.gpu_layers = layers.count;
  if (layers.kind == GpuLayers::Kind::all) options.gpu_layers = kMoreThanAnyModel;
  options.context_size = flags.context_size;
  return make_ollama_runtime(options);
}

Runtime make_openai(const LlmFlags& flags) {
  OpenAiOptions options;
  options.url = flags.url;
  options.model = flags.openai_model;
  if (options.model.empty() && is_alone(flags, "openai")) options.model = flags.model;
  return make_openai_runtime(options);
}

}  // namespace

const std::vector<std::string>& llm_methods() {
  static const std::vector<std::string> methods = {"huggingface", "llamacpp", "ollama", "openai"};
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
  static const std::map<std::string, std::function<Runtime(const LlmFlags&)>> makers = {
      {"huggingface", make_huggingface},
      {"llamacpp", make_llamacpp},
      {"ollama", make_ollama},
      {"openai", make_openai}};
  std::vector<MethodPlan> plans;
  for (const std::string& method : chosen_methods(flags)) {
    plans.push_back({method, [flags, make = makers.at(method)] { return make(flags); }});
  }
  return plans;
}

}  // namespace jnlp
