#pragma once

#include <string>
#include <vector>

#include "llm/method_run.h"

namespace jnlp {

/// Which models the methods of `llm` run, and where.
struct LlmFlags {
  std::vector<std::string> methods;
  bool all_methods = false;
  std::string model;
  std::string model_path;
  std::string ollama_model;
  std::string ollama_url;
  std::string url;
  std::string openai_model;
  int64_t context_size = 0;
  std::string gpu_layers = "auto";  ///< as on the command line
  int threads = 0;
};

/// All that `llm` knows, in the order of its table.
const std::vector<std::string>& llm_methods();

/// The methods asked for, in the order of llm_methods(); all of them when none was named.
std::vector<std::string> chosen_methods(const LlmFlags& flags);

/// A plan for each method. What is missing for one (a file, a program, a server) is found when the
/// plan is made into a runtime, and is then the reason in its row.
std::vector<MethodPlan> plans_of(const LlmFlags& flags);

}  // namespace jnlp
