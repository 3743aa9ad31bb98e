#include "llm/comparison_notes.h"
#include "llm/comparison_output.h"

namespace jnlp {
namespace {

template <class T>
OrderedJson known(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson spread_json(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"median", spread->median}, {"min", spread->min}, {"max", spread->max}};
}

OrderedJson count_json(int64_t count) {
  return count < 0 ? OrderedJson(nullptr) : OrderedJson(count);
}

OrderedJson prompt_json(const PromptResult& prompt) {
  return {{"prompt", prompt.prompt},
          {"text", prompt.text},
          {"same_in_all_runs", prompt.same_in_all_runs},
          {"prompt_tokens", count_json(prompt.prompt_tokens)},
          {"generated_tokens", count_json(prompt.generated_tokens)},
          {"seconds", prompt.seconds},
          {"first_token_seconds", prompt.first_token_seconds}};
}

OrderedJson quality_json(const MethodResult& method) {
  OrderedJson json = {{"perplexity", nullptr}, {"agreement", nullptr}};
  if (method.perplexity) {
    const Perplexity& perplexity = *method.perplexity;
    json["perplexity"] = {{"value", perplexity.value},
                          {"standard_error", perplexity.standard_error},
                          {"bits_per_byte", perplexity.bits_per_byte},
                          {"tokens", perplexity.tokens},
                          {"windows", perplexity.windows}};
  }
  if (method.agreement) {
    json["agreement"] = {{"reference", method.agreement->reference},
                         {"identical", method.agreement->identical},
                         {"prompts", method.agreement->prompts},
                         {"common_prefix", method.agreement->common_prefix}};
  }
  json["accuracy"] = OrderedJson::array();
  for (const QualityResult& quality : method.quality) {
    json["accuracy"].push_back({{"set", quality.set},
                                {"form", to_string(quality.form)},
                                {"accuracy", quality.accuracy},
                                {"interval", {quality.interval.low, quality.interval.high}},
                                {"samples", quality.samples},
                                {"too_long", quality.too_long}});
  }
  return json;
}

OrderedJson method_json(const MethodResult& method) {
  OrderedJson json = {{"method", method.method}};
  json["failure"] = method.failure.empty() ? OrderedJson(nullptr) : OrderedJson(method.failure);
  if (!method.failure.empty()) return json;
  json["model"] = method.model;
  json["facts"] = method.facts;
  json["load"] = {{"cold_seconds", known(method.load.cold_seconds)},
                  {"warm_seconds", known(method.load.warm_seconds)},
                  {"note", method.load.note}};
  json["latency_seconds"] = {{"mean", method.latency_mean},
                             {"p50", method.latency_p50},
                             {"p95", method.latency_p95},
                             {"p99", method.latency_p99}};
  json["first_token_seconds"] = {{"p50", method.first_token_p50}, {"p95", method.first_token_p95}};
  json["tokens_per_second"] = spread_json(method.tokens_per_second);
  json["prefill_tokens_per_second"] = spread_json(method.prefill_per_second);
  json["decode_tokens_per_second"] = spread_json(method.decode_per_second);
  json["seconds_per_token"] =
      method.decode_per_second ? OrderedJson(1 / method.decode_per_second->median) : nullptr;
  json["own_prefill_tokens_per_second"] = spread_json(method.own_prefill_per_second);
  json["own_decode_tokens_per_second"] = spread_json(method.own_decode_per_second);
  json["peak_resident_bytes"] = known(method.peak_memory);
  json["device_memory_bytes"] = known(method.device_memory);
  json["joules_per_token"] = known(method.joules_per_token);
  json["energy_sensor"] = method.energy_sensor;
  json["quality"] = quality_json(method);
  json["notes"] = method.notes;
  json["prompts"] = OrderedJson::array();
  for (const PromptResult& prompt : method.prompts) json["prompts"].push_back(prompt_json(prompt));
  return json;
}

OrderedJson set_json(const QualitySet& set) {
  return {{"name", set.name},
          {"file", set.path.string()},
          {"questions", set.size},
          {"shots", set.shots},
          {"shots_file", set.shots_path}};
}

}  // namespace

OrderedJson comparison_json(const LlmComparison& comparison) {
  const ComparisonOptions& options = comparison.options;
  OrderedJson json = {{"created", comparison.created},
                      {"program", build_facts()},
                      {"host", to_json(comparison.host)},
                      {"threads", comparison.threads}};
  json["options"] = {
      {"prompts", options.prompts.size()}, {"chat", options.chat},
      {"max_tokens", options.max_tokens},  {"runs", options.runs},
      {"in_turns", options.in_turns},      {"perplexity_text", options.perplexity_name}};
  json["options"]["quality"] = OrderedJson::array();
  for (const QualitySet& set : options.quality) {
    json["options"]["quality"].push_back(set_json(set));
  }
  json["methods"] = OrderedJson::array();
  for (const MethodResult& method : comparison.methods) {
    json["methods"].push_back(method_json(method));
  }
  json["findings"] = comparison.findings;
  json["notes"] = comparison_notes(comparison);
  return json;
}

}  // namespace jnlp
