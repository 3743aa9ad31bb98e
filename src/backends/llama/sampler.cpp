#include "backends/llama/sampler.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/json_schema_grammar.h"
#include "backends/llama/log.h"
#include "base/error.h"

namespace jnlp {
namespace {

constexpr int32_t kPenaltyWindow = 64;  // tokens

llama_sampler* grammar_sampler(const llama_vocab* vocab, const std::string& grammar) {
  take_llama_error();
  llama_sampler* sampler = llama_sampler_init_grammar(vocab, grammar.c_str(), "root");
  if (sampler != nullptr) return sampler;
  const std::string reason = take_llama_error();
  throw Error(ErrorCode::invalid_input,
              fmt::format("the grammar cannot be read{}{}; it must be GBNF with a rule \"root\"",
                          reason.empty() ? "" : ": ", reason));
}

llama_sampler* penalty_sampler(const llama_vocab* vocab, const GenerateOptions& options,
                               std::span<const llama_token> prompt) {
  llama_sampler* sampler = llama_sampler_init_penalties(llama_vocab_n_tokens(vocab), kPenaltyWindow,
                                                        options.repeat_penalty, 0, 0);
  const size_t counted = std::min(prompt.size(), static_cast<size_t>(kPenaltyWindow));
  for (const llama_token token : prompt.last(counted)) llama_sampler_accept(sampler, token);
  return sampler;
}

}  // namespace

LlamaSamplerHandle make_llama_sampler(const llama_vocab* vocab, const GenerateOptions& options,
                                      std::span<const llama_token> prompt) {
  LlamaSamplerHandle chain(llama_sampler_chain_init(llama_sampler_chain_default_params()));
  const auto add = [&](llama_sampler* sampler) { llama_sampler_chain_add(chain.get(), sampler); };
  if (!options.grammar.empty()) add(grammar_sampler(vocab, options.grammar));
  if (!options.json_schema.empty()) {
    add(grammar_sampler(vocab, json_schema_grammar(options.json_schema)));
  }
  if (options.repeat_penalty != 1) add(penalty_sampler(vocab, options, prompt));
  if (options.temperature == 0) {
    add(llama_sampler_init_greedy());
    return chain;
  }
  if (options.top_k > 0) add(llama_sampler_init_top_k(options.top_k));
  if (options.top_p < 1) add(llama_sampler_init_top_p(options.top_p, 1));
  if (options.min_p > 0) add(llama_sampler_init_min_p(options.min_p, 1));
  add(llama_sampler_init_temp(options.temperature));
  add(llama_sampler_init_dist(options.seed));
  return chain;
}

}  // namespace jnlp
