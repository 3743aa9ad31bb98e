#include "llm/comparison_notes.h"

#include <fmt/format.h>

namespace jnlp {
namespace {

std::string model_note(const MethodResult& method) {
  std::string note = fmt::format("{}: {}", method.method, method.model);
  if (method.facts.contains("description")) {
    note += fmt::format(" ({})", method.facts["description"].get<std::string>());
  }
  note += ".";
  if (!method.load.note.empty()) note += fmt::format(" Loading: {}.", method.load.note);
  for (const std::string& other : method.notes) note += fmt::format(" {}.", other);
  return note;
}

std::string how_asked(const ComparisonOptions& options) {
  return fmt::format(
      "{} prompt{}{}, at most {} tokens each, {} run{} {}, always the likeliest token, one request "
      "at a time. Before each a short other prompt is read, so that nothing of it is in memory.",
      options.prompts.size(), options.prompts.size() == 1 ? "" : "s",
      options.chat ? " in the model's chat template" : " as plain text", options.max_tokens,
      options.runs, options.runs == 1 ? "" : "s",
      options.in_turns ? "in turns between the methods" : "of one method after another");
}

std::string energy_note(const LlmComparison& comparison) {
  for (const MethodResult& method : comparison.methods) {
    if (method.failure.empty() && method.joules_per_token) {
      return fmt::format(
          "J/TOKEN is the energy of the whole sensor ({}), idle part included, while "
          "answers were made, by generated token.",
          method.energy_sensor);
    }
  }
  return "Energy was not measured: no sensor that can be read.";
}

}  // namespace

std::vector<std::string> comparison_notes(const LlmComparison& comparison) {
  std::vector<std::string> notes;
  for (const MethodResult& method : comparison.methods) {
    if (method.failure.empty()) notes.push_back(model_note(method));
  }
  notes.push_back(how_asked(comparison.options));
  notes.emplace_back(
      "LATENCY is the mean of whole requests. FIRST TOKEN is the median time to the first text. "
      "PREFILL counts the prompts' tokens by the time to the first token, DECODE the tokens after "
      "the first by the rest; both are medians of the runs, on our clock. Tokens are each "
      "runtime's own. PEAK is resident memory of the process that computes, with its children; "
      "GPU is what the model takes there. A dash: not measured.");
  notes.push_back(energy_note(comparison));
  for (const QualitySet& set : comparison.options.quality) {
    notes.push_back(fmt::format(
        "{}: {} of {} questions, {}. scored: the likeliest answer; written: what the model "
        "writes.",
        set.name, set.items.size(), set.size,
        set.shots == 0 ? "no worked examples"
                       : fmt::format("{} worked examples in each prompt", set.shots)));
  }
  if (!comparison.options.perplexity_text.empty()) {
    notes.push_back(
        fmt::format("Perplexity on {}; only bits per byte compare models of different "
                    "vocabularies.",
                    comparison.options.perplexity_name));
  }
  notes.push_back(
      host_text(comparison.host, std::to_string(comparison.threads), comparison.created));
  return notes;
}

}  // namespace jnlp
