#include "cli/commands.h"

#include <CLI/CLI.hpp>

namespace jnlp {

void add_commands(CLI::App& app) {
  add_sentiment_command(app);
  add_ner_command(app);
  add_qa_command(app);
  add_summarize_command(app);
  add_embed_command(app);
  add_chat_command(app);
  add_evaluate_command(app);
  add_bench_command(app);
  add_calibrate_command(app);
  add_prepare_command(app);
  add_quantize_command(app);
  add_llm_command(app);
  add_server_command(app);
  add_train_command(app);
  add_pull_command(app);
  add_tokenize_command(app);
  add_completion_command(app);
}

}  // namespace jnlp
