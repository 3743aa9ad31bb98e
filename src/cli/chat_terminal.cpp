#include "cli/chat_terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"
#include "cli/terminal.h"
#include "cli/text_output.h"

namespace jnlp {
namespace {

constexpr std::string_view kChatHelp =
    "/reset          forget the conversation\n"
    "/system TEXT    forget it and tell the model something else before the next one\n"
    "/stats          what the last answer cost\n"
    "/exit           leave (Ctrl-D too)\n"
    "Ctrl-C ends an answer.\n";

std::string to_lines(const GenerationStats& stats) {
  if (stats.prompt_tokens == 0) return "There was no answer yet.\n";
  return fmt::format(
      "prompt     {} tokens, {} of them from memory, the rest in {:.2f} s ({:.0f} tokens/s)\n"
      "answer     {} tokens in {:.2f} s ({:.0f} tokens/s); first token after {:.2f} s\n",
      stats.prompt_tokens, stats.reused_tokens, stats.prefill_seconds,
      stats.prefill_tokens_per_second(), stats.generated_tokens, stats.decode_seconds,
      stats.decode_tokens_per_second(), stats.first_token_seconds.value_or(0));
}

std::string_view why_it_ended(FinishReason reason) {
  switch (reason) {
    case FinishReason::cancelled:
      return " [stopped]";
    case FinishReason::max_tokens:
      return " [cut: --max-tokens]";
    case FinishReason::context_full:
      return " [cut: the context is full]";
    default:
      return "";
  }
}

class ChatPartner : public TerminalPartner {
 public:
  ChatPartner(Conversation* conversation, const GenerateOptions& options)
      : conversation_(conversation), options_(options) {}

  std::string greeting() const override { return conversation_->model().description(); }

  bool take(const std::string& line) override {
    if (line.starts_with('/')) return command(line);
    if (line.find_first_not_of(" \t") != std::string::npos) answer(line);
    return true;
  }

 private:
  bool command(const std::string& line) {
    const size_t space = std::min(line.find(' '), line.size());
    const std::string name = line.substr(0, space);
    if (name == "/exit" || name == "/quit") return false;
    if (name == "/reset") {
      conversation_->reset();
    } else if (name == "/system") {
      conversation_->reset(line.substr(std::min(line.find_first_not_of(' ', space), line.size())));
    } else if (name == "/stats") {
      write_output(conversation_->model().description() + "\n" + to_lines(stats_));
    } else if (name == "/help") {
      write_output(kChatHelp);
    } else {
      write_output("There is no " + name + "; /help lists what there is.\n");
    }
    return true;
  }

  void answer(const std::string& line) {
    GenerationHooks hooks;
    hooks.on_text = [](std::string_view piece) {
      write_output(piece);
      flush_output();
    };
    hooks.cancelled = is_interrupted;
    const int64_t dropped = conversation_->dropped_exchanges();
    forget_interrupt();
    try {
      const Generation answer = conversation_->answer(replace_invalid_utf8(line), options_, hooks);
      stats_ = answer.stats;
      write_output(coloured(why_it_ended(answer.finish_reason), Colour::dim) + "\n");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::io) throw;  // nobody reads the answers any more
      write_output(fmt::format("{}\n", error.what()));
    }
    if (const int64_t more = conversation_->dropped_exchanges() - dropped; more > 0) {
      write_output(coloured(fmt::format("[the oldest {} left out: the context is full]\n",
                                        more == 1 ? "exchange was" : "exchanges were"),
                            Colour::dim));
    }
  }

  Conversation* conversation_;
  GenerateOptions options_;
  GenerationStats stats_;
};

}  // namespace

void run_chat_terminal(Conversation* conversation, const GenerateOptions& options, bool prompts) {
  ChatPartner partner(conversation, options);
  run_terminal(&partner, prompts);
}

}  // namespace jnlp
