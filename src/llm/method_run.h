#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "llm/method_result.h"
#include "llm/quality_set.h"
#include "llm/runtime.h"
#include "report/energy_meter.h"

namespace jnlp {

/// What every method is asked to do.
struct ComparisonOptions {
  std::vector<std::string> prompts;
  bool chat = false;  ///< prompts are user messages for the model's chat template
  int64_t max_tokens = 64;
  int runs = 3;
  bool in_turns = false;  ///< all models loaded at once, and their runs one after another in turns
  std::string reference;  ///< method; empty: the first that was measured
  std::string perplexity_text;  ///< empty: none
  std::string perplexity_name;  ///< what the text is, for people
  std::vector<QualitySet> quality;
};

/// A method to compare: its name on the command line, and what makes it. Making it may throw: then
/// its row says why.
struct MethodPlan {
  std::string method;
  std::function<std::unique_ptr<LlmRuntime>()> make;
};

/// Takes one method through the comparison, step by step. An Error in a step is kept as the row's
/// reason, and the steps after it do nothing.
class MethodRun {
 public:
  MethodRun(const MethodPlan& plan, const ComparisonOptions& options);

  void load();
  /// All prompts once.
  void measure(int run);
  /// Memory, perplexity and questions: after the runs, because some need more memory.
  void judge();
  /// Unloads the model.
  MethodResult finish();

 private:
  // What the prompts of one run add up to.
  struct Sums {
    double seconds = 0;
    double first_token_seconds = 0;
    double decode_seconds = 0;
    double own_prefill_seconds = 0;
    double own_decode_seconds = 0;
    int64_t read = 0;
    int64_t generated = 0;
    int64_t decoded = 0;
    int64_t own_decoded = 0;
    bool counted = true;  // every answer came with its numbers of tokens
    bool own = true;      // every answer came with the runtime's own times
    std::optional<double> joules = 0;
  };

  void step(const std::function<void()>& work);
  RuntimeAnswer ask(const std::string& prompt, Sums* sums);
  void add(const RuntimeAnswer& answer, PromptResult* result, Sums* sums);
  void add_rates(const Sums& sums);
  void judge_quality();
  void summarize();

  MethodPlan plan_;
  const ComparisonOptions& options_;
  std::unique_ptr<LlmRuntime> runtime_;
  EnergyMeter energy_;
  MethodResult result_;
  std::vector<double> whole_, prefill_, decode_, own_prefill_, own_decode_, joules_;  // by run
};

}  // namespace jnlp
