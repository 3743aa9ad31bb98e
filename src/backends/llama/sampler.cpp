#include "backends/llama/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <limits>

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

bool takes_likeliest(const GenerateOptions& options) {
  return options.temperature == 0 && options.repeat_penalty == 1 && options.grammar.empty() &&
         options.json_schema.empty();
}

llama_token likeliest_token(llama_context* context, int32_t place) {
  const float* logits = llama_get_logits_ith(context, place);
  if (logits == nullptr) throw Error(ErrorCode::internal, "llama.cpp gave no logits");
  const llama_vocab* vocab = llama_model_get_vocab(llama_get_model(context));
  const auto vocabulary = static_cast<size_t>(llama_vocab_n_tokens(vocab));
  return static_cast<llama_token>(greatest_index({logits, vocabulary}));
}

}  // namespace

LlamaSamplerHandle make_llama_sampler(const llama_vocab* vocab, const GenerateOptions& options,
                                      std::span<const llama_token> prompt) {
  if (takes_likeliest(options)) return nullptr;
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

llama_token choose_llama_token(llama_sampler* sampler, llama_context* context, int32_t place) {
  if (sampler == nullptr) return likeliest_token(context, place);
  try {
    return llama_sampler_sample(sampler, context, place);
  } catch (const std::exception& error) {
    throw Error(ErrorCode::internal,
                fmt::format("llama.cpp cannot choose a token: {}", error.what()));
  }
}

size_t greatest_index(std::span<const float> values) {
  // One maximum a lane: a single one would wait for each comparison before the next.
  constexpr size_t kLanes = 16;
  std::array<float, kLanes> greatest;
  greatest.fill(-std::numeric_limits<float>::infinity());
  const size_t whole = values.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      greatest[lane] = std::max(greatest[lane], values[i + lane]);
    }
  }
  float most = *std::max_element(greatest.begin(), greatest.end());
  for (size_t i = whole; i < values.size(); ++i) most = std::max(most, values[i]);
  const auto found = std::find(values.begin(), values.end(), most);
  return found == values.end() ? 0 : static_cast<size_t>(found - values.begin());
}

}  // namespace jnlp
