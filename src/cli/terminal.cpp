#include "cli/terminal.h"

#include <csignal>

#include "cli/line_reader.h"
#include "cli/text_output.h"

namespace jnlp {
namespace {

volatile std::sig_atomic_t interrupted = 0;

// While it lives, Ctrl-C sets `interrupted`.
class InterruptWatch {
 public:
  InterruptWatch() {
    struct sigaction action = {};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, &before_);
  }
  ~InterruptWatch() { sigaction(SIGINT, &before_, nullptr); }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  struct sigaction before_ = {};
};

}  // namespace

bool is_interrupted() {
  return interrupted != 0;
}

void forget_interrupt() {
  interrupted = 0;
}

void run_terminal(TerminalPartner* partner, bool prompts) {
  if (prompts) write_output(partner->greeting() + "; /help for help\n");
  const InterruptWatch watch;
  LineReader input("-");
  std::string line;
  bool more = true;
  while (more) {
    if (prompts) write_output(coloured("> ", Colour::cyan));
    flush_output();
    more = input.next(&line) && partner->take(line);
  }
  if (prompts) write_output("\n");
}

}  // namespace jnlp
