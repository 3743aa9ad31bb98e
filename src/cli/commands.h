#pragma once

namespace CLI {
class App;
}

namespace jnlp {

// One function per command, each in cli/<command>.cpp. It adds the subcommand with its options and
// examples to `app`; the subcommand's callback does the work and throws Error on failure.
void add_bench_command(CLI::App& app);
void add_chat_command(CLI::App& app);
void add_completion_command(CLI::App& app);
void add_embed_command(CLI::App& app);
void add_evaluate_command(CLI::App& app);
void add_ner_command(CLI::App& app);
void add_calibrate_command(CLI::App& app);
void add_prepare_command(CLI::App& app);
void add_pull_command(CLI::App& app);
void add_server_command(CLI::App& app);
void add_qa_command(CLI::App& app);
void add_quantize_command(CLI::App& app);
void add_llm_command(CLI::App& app);
void add_sentiment_command(CLI::App& app);
void add_summarize_command(CLI::App& app);
void add_tokenize_command(CLI::App& app);
void add_train_command(CLI::App& app);

/// All commands, in the order in which --help lists them.
void add_commands(CLI::App& app);

}  // namespace jnlp
