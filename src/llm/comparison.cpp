#include "llm/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>

#include "base/error.h"
#include "llm/findings.h"

namespace jnlp {
namespace {

void run_in_turns(std::list<MethodRun>& runs, int count) {
  for (MethodRun& run : runs) run.load();
  for (int i = 0; i < count; ++i) {
    for (MethodRun& run : runs) run.measure(i);
  }
  for (MethodRun& run : runs) run.judge();
}

Agreement agreement_of(const MethodResult& method, const MethodResult& reference) {
  Agreement agreement;
  agreement.reference = reference.method;
  agreement.prompts = method.prompts.size();
  for (size_t i = 0; i < method.prompts.size(); ++i) {
    const std::string& text = method.prompts[i].text;
    const std::string& other = reference.prompts[i].text;
    if (text == other) ++agreement.identical;
    const auto common = std::mismatch(text.begin(), text.end(), other.begin(), other.end()).first;
    const size_t longer = std::max(text.size(), other.size());
    agreement.common_prefix +=
        longer == 0 ? 1 : static_cast<double>(common - text.begin()) / static_cast<double>(longer);
  }
  agreement.common_prefix /= static_cast<double>(agreement.prompts);
  return agreement;
}

void add_agreements(const std::string& wanted, std::vector<MethodResult>* methods) {
  const auto reference =
      std::find_if(methods->begin(), methods->end(), [&](const MethodResult& method) {
        return method.failure.empty() && (wanted.empty() || method.method == wanted);
      });
  if (reference == methods->end()) return;
  for (MethodResult& method : *methods) {
    if (method.failure.empty() && method.method != reference->method) {
      method.agreement = agreement_of(method, *reference);
    }
  }
}

void check(const std::vector<MethodPlan>& plans, const ComparisonOptions& options) {
  if (options.prompts.empty()) throw Error(ErrorCode::invalid_input, "there are no prompts");
  if (options.reference.empty()) return;
  const auto named = [&](const MethodPlan& plan) { return plan.method == options.reference; };
  if (std::none_of(plans.begin(), plans.end(), named)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the reference {} is none of the methods compared", options.reference));
  }
}

}  // namespace

LlmComparison compare_runtimes(const std::vector<MethodPlan>& plans,
                               const ComparisonOptions& options) {
  check(plans, options);
  LlmComparison comparison;
  comparison.created = utc_timestamp();
  comparison.host = read_host_facts();
  comparison.options = options;
  if (options.in_turns) {
    std::list<MethodRun> runs;
    for (const MethodPlan& plan : plans) runs.emplace_back(plan, options);
    run_in_turns(runs, options.runs);
    for (MethodRun& run : runs) comparison.methods.push_back(run.finish());
  } else {
    for (const MethodPlan& plan : plans) {
      std::list<MethodRun> alone;
      alone.emplace_back(plan, options);
      run_in_turns(alone, options.runs);
      comparison.methods.push_back(alone.front().finish());
    }
  }
  add_agreements(options.reference, &comparison.methods);
  comparison.findings = findings_of(comparison);
  return comparison;
}

}  // namespace jnlp
