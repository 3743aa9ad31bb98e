#include "cli/summary_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "cli/task_command.h"

namespace jnlp {
namespace {

// Tokens of a written summary where neither the user nor the model's files say; transformers would
// take 20.
constexpr int64_t kDefaultTokens = 128;

const std::map<std::string, SummaryMethod>& methods() {
  static const std::map<std::string, SummaryMethod> names = {
      {"auto", SummaryMethod::automatic},
      {"extractive", SummaryMethod::extractive},
      {"lead", SummaryMethod::lead},
      {"seq2seq", SummaryMethod::seq2seq},
      {"llm", SummaryMethod::llm}};
  return names;
}

void add_length_flags(CLI::App& command, SummaryFlags* flags) {
  command
      .add_option("--max-sentences", flags->max_sentences,
                  "Sentences of a summary (extractive, lead), or how many to ask for (llm); "
                  "default 3")
      ->check(CLI::Range(1, kMaxCount))
      ->type_name("COUNT");
  command
      .add_option("--max-length", flags->max_length,
                  "Words of a summary, whole sentences (extractive, lead; 0: no limit), or tokens "
                  "(seq2seq, llm; 0 or unset: as the model's files say, else 128)")
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("LENGTH");
  command
      .add_option("--min-length", flags->min_length,
                  "More sentences than --max-sentences until there are so many words (extractive, "
                  "lead); tokens at least (seq2seq); words to ask for (llm)")
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("LENGTH");
}

void add_selection_flags(CLI::App& command, SummaryFlags* flags) {
  command
      .add_option("--diversity", flags->weights.diversity,
                  "Extractive: weight of not saying the same twice, 0 to 1")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("WEIGHT");
  command
      .add_option("--position", flags->weights.position,
                  "Extractive: weight of standing at the beginning; 0 for texts whose gist may be "
                  "anywhere")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("WEIGHT");
}

void add_writing_flags(CLI::App& command, SummaryFlags* flags) {
  command.add_option("--num-beams", flags->num_beams, "Seq2seq: beams of the search; 1: greedy")
      ->check(CLI::Range(1, 64))
      ->type_name("COUNT");
  command
      .add_option("--length-penalty", flags->length_penalty,
                  "Seq2seq: above 0, beam search favours longer summaries, the more the greater")
      ->check(CLI::Range(-10.0, 10.0))
      ->type_name("POWER");
  command
      .add_option("--no-repeat-ngram-size", flags->no_repeat_ngram_size,
                  "Seq2seq: no so many tokens in a row come twice; 0: they may")
      ->check(CLI::Range(0, 1000))
      ->type_name("COUNT");
  command
      .add_option(
          "--section-length", flags->section_length,
          "Seq2seq, llm: longest section of a long text, in tokens with those around it; 0: "
          "as much as the model reads at once")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("TOKENS");
  command
      .add_option("--context-size", flags->context_size,
                  "Llm: tokens of text and summary together; 0: as the model was trained, at most "
                  "4096")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000'000))
      ->type_name("TOKENS");
}

std::optional<int64_t> unless_zero(std::optional<int64_t> value) {
  return value == 0 ? std::nullopt : value;
}

}  // namespace

std::string_view to_string(SummaryMethod method) {
  for (const auto& [name, value] : methods()) {
    if (value == method) return name;
  }
  return "";
}

void add_summary_flags(CLI::App& command, SummaryFlags* flags) {
  command
      .add_option_function<SummaryMethod>(
          "--method", [flags](SummaryMethod method) { flags->method = method; },
          "The most central sentences of a text (extractive), its first ones (lead; needs no "
          "model), or other words by an encoder with a decoder (seq2seq) or a language model "
          "(llm); auto (default) goes by the model")
      ->transform(CLI::Transformer(methods(), CLI::ignore_case))
      ->type_name("NAME");
  add_length_flags(command, flags);
  add_selection_flags(command, flags);
  add_writing_flags(command, flags);
}

std::string flags_misfit(const SummaryFlags& flags, SummaryMethod method) {
  using M = SummaryMethod;
  struct Flag {
    const char* name;
    bool given;
    std::vector<SummaryMethod> methods;
  };
  const SelectionWeights usual;
  const std::vector<Flag> all = {
      {"--max-sentences", flags.max_sentences.has_value(), {M::extractive, M::lead, M::llm}},
      {"--diversity", flags.weights.diversity != usual.diversity, {M::extractive}},
      {"--position", flags.weights.position != usual.position, {M::extractive}},
      {"--num-beams", flags.num_beams.has_value(), {M::seq2seq}},
      {"--length-penalty", flags.length_penalty.has_value(), {M::seq2seq}},
      {"--no-repeat-ngram-size", flags.no_repeat_ngram_size.has_value(), {M::seq2seq}},
      {"--section-length", flags.section_length != 0, {M::seq2seq, M::llm}},
      {"--context-size", flags.context_size != 0, {M::llm}}};
  for (const Flag& flag : all) {
    const auto& fitting = flag.methods;
    if (!flag.given || std::find(fitting.begin(), fitting.end(), method) != fitting.end()) continue;
    std::string names;
    for (const SummaryMethod one : fitting) {
      names += (names.empty() ? "" : ", ") + std::string(to_string(one));
    }
    return fmt::format("{} is for the method{} {}, not for {}", flag.name,
                       fitting.size() == 1 ? "" : "s", names, to_string(method));
  }
  return "";
}

SummaryOptions sentence_options(const SummaryFlags& flags) {
  SummaryOptions options;
  options.max_sentences = flags.max_sentences.value_or(options.max_sentences);
  options.max_words = flags.max_length.value_or(options.max_words);
  options.min_words = flags.min_length.value_or(options.min_words);
  return options;
}

Seq2SeqOptions seq2seq_options(const SummaryFlags& flags, Seq2SeqOptions defaults,
                               int64_t max_positions) {
  Seq2SeqOptions options = std::move(defaults);
  const bool says_nothing = !options.max_length && !options.max_new_tokens;
  if (const auto tokens = unless_zero(flags.max_length)) {
    options.max_new_tokens = *tokens;
  } else if (says_nothing) {
    options.max_new_tokens =
        max_positions > 0 ? std::min(kDefaultTokens, max_positions - 1) : kDefaultTokens;
  }
  if (flags.min_length) options.min_new_tokens = *flags.min_length;
  if (flags.num_beams) options.num_beams = *flags.num_beams;
  if (flags.length_penalty) options.length_penalty = *flags.length_penalty;
  if (flags.no_repeat_ngram_size) options.no_repeat_ngram_size = *flags.no_repeat_ngram_size;
  options.num_return_sequences = 1;
  return options;
}

ChatSummaryOptions chat_summary_options(const SummaryFlags& flags) {
  ChatSummaryOptions options;
  options.max_sentences = flags.max_sentences.value_or(options.max_sentences);
  options.min_words = flags.min_length.value_or(options.min_words);
  options.generate.max_tokens = unless_zero(flags.max_length).value_or(kDefaultTokens);
  return options;
}

}  // namespace jnlp
