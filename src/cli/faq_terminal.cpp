#include "cli/faq_terminal.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"
#include "cli/faq_output.h"
#include "cli/terminal.h"
#include "cli/text_output.h"

namespace jnlp {
namespace {

constexpr std::string_view kFaqHelp =
    "/sources        the passages that the last question was compared with\n"
    "/exit           leave (Ctrl-D too)\n"
    "Each question is answered by itself. Ctrl-C ends an answer that is being written.\n";

GenerationHooks writing_hooks() {
  GenerationHooks hooks;
  hooks.on_text = [](std::string_view piece) {
    write_output(piece);
    flush_output();
  };
  return hooks;
}

void show(const FaqAnswerer& faq, const FaqAnswer& answer) {
  if (answer.generation) write_output("\n");  // behind what was shown as it was written
  write_output(faq_lines(faq, answer));
}

class FaqPartner : public TerminalPartner {
 public:
  explicit FaqPartner(FaqAnswerer* faq) : faq_(faq) {}

  std::string greeting() const override { return faq_->description(); }

  bool take(const std::string& line) override {
    if (line.starts_with('/')) return command(line.substr(0, line.find(' ')));
    if (line.find_first_not_of(" \t") != std::string::npos) answer(line);
    return true;
  }

 private:
  bool command(const std::string& name) {
    if (name == "/exit" || name == "/quit") return false;
    if (name == "/sources") {
      show_sources();
    } else if (name == "/help") {
      write_output(kFaqHelp);
    } else {
      write_output("There is no " + name + "; /help lists what there is.\n");
    }
    return true;
  }

  void show_sources() const {
    if (last_.matches.empty()) write_output("There was no question yet.\n");
    constexpr size_t kPreviewLength = 120;
    for (const PassageMatch& match : last_.matches) {
      const FaqPassage& passage = faq_->passage(match);
      write_output(fmt::format(
          "{:.2f}  {}:{}  {}\n", match.similarity, faq_->document(match).path.string(),
          passage.line,
          preview(passage.is_pair() ? passage.question : passage.text, kPreviewLength)));
    }
  }

  void answer(const std::string& line) {
    GenerationHooks hooks = writing_hooks();
    hooks.cancelled = is_interrupted;
    forget_interrupt();
    try {
      last_ = faq_->answer(replace_invalid_utf8(line), hooks);
      show(*faq_, last_);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::io) throw;  // nobody reads the answers any more
      write_output(fmt::format("{}\n", error.what()));
    }
  }

  FaqAnswerer* faq_;
  FaqAnswer last_;
};

}  // namespace

void run_faq_terminal(FaqAnswerer* faq, bool prompts) {
  FaqPartner partner(faq);
  run_terminal(&partner, prompts);
}

void answer_from_faq(FaqAnswerer* faq, const std::string& question, bool json) {
  const FaqAnswer answer = faq->answer(question, json ? GenerationHooks() : writing_hooks());
  if (json) {
    write_output(dump_json(faq_json(*faq, answer)) + "\n");
  } else {
    show(*faq, answer);
  }
}

}  // namespace jnlp
