#pragma once

#include <string>

namespace jnlp {

/// Whoever answers the lines that somebody writes on a terminal, or sends through a pipe.
class TerminalPartner {
 public:
  virtual ~TerminalPartner() = default;

  /// What is shown at first where lines are waited for.
  virtual std::string greeting() const = 0;
  /// Answers a line on standard output. False when the conversation is over.
  virtual bool take(const std::string& line) = 0;
};

/// Lets `partner` answer standard input line by line until it ends. Ctrl-C does not end the program
/// meanwhile. `prompts`: shows that a line is waited for.
void run_terminal(TerminalPartner* partner, bool prompts);

/// Whether Ctrl-C was pressed since forget_interrupt(), while run_terminal() runs.
bool is_interrupted();
void forget_interrupt();

}  // namespace jnlp
