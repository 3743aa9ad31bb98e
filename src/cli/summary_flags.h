#pragma once

#include <string_view>

#include "tasks/sentence_selection.h"
#include "tasks/summarizer.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

enum class SummaryMethod { extractive, lead };

/// "extractive" or "lead".
std::string_view to_string(SummaryMethod method);

/// How summaries are made, as the command line says it.
struct SummaryFlags {
  SummaryMethod method = SummaryMethod::extractive;
  SummaryOptions options;
  SelectionWeights weights;  ///< of extractive
};

/// Adds --method, --max-sentences, --max-length, --min-length, --diversity and --position. `flags`
/// must outlive the command.
void add_summary_flags(CLI::App& command, SummaryFlags* flags);

}  // namespace jnlp
