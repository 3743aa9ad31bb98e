#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backends/seq2seq_options.h"
#include "tasks/chat_writer.h"
#include "tasks/sentence_selection.h"
#include "tasks/summarizer.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

enum class SummaryMethod {
  automatic,   ///< what the model is made for
  extractive,  ///< the most central sentences, by an encoder
  lead,        ///< the first sentences, without a model
  seq2seq,     ///< in the words of a model with encoder and decoder
  llm,         ///< in the words of a language model
};

/// For example "extractive"; "auto" for automatic.
std::string_view to_string(SummaryMethod method);

/// How summaries are made, as the command line says it. What is unset is for the method, or for the
/// model's own files, to decide.
struct SummaryFlags {
  SummaryMethod method = SummaryMethod::automatic;
  std::optional<int64_t> max_sentences;
  std::optional<int64_t> max_length;  ///< words of extractive and lead, tokens of the others
  std::optional<int64_t> min_length;
  SelectionWeights weights;  ///< of extractive
  std::optional<int64_t> num_beams;
  std::optional<double> length_penalty;
  std::optional<int64_t> no_repeat_ngram_size;
  int64_t section_length = 0;  ///< tokens of a long document read at once; 0: as many as possible
  int64_t context_size = 0;    ///< of llm; as LlamaOptions says
};

/// Adds --method, --max-sentences, --max-length, --min-length, and those that a single method has.
/// `flags` must outlive the command.
void add_summary_flags(CLI::App& command, SummaryFlags* flags);

/// What is wrong with flags that `method`, which is not automatic, cannot follow, for example
/// "--num-beams is for the method seq2seq, not for extractive"; empty when there are none.
std::string flags_misfit(const SummaryFlags& flags, SummaryMethod method);

/// For extractive and lead.
SummaryOptions sentence_options(const SummaryFlags& flags);
/// A model's own options with what the flags say. `max_positions`: longest target that the model
/// knows, 0 for no limit.
Seq2SeqOptions seq2seq_options(const SummaryFlags& flags, Seq2SeqOptions defaults,
                               int64_t max_positions);
ChatSummaryOptions chat_summary_options(const SummaryFlags& flags);

}  // namespace jnlp
