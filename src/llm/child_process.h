#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// A program that is spoken with in lines, over its standard input and output. What it writes to
/// standard error is kept for messages, the last of it.
class ChildProcess {
 public:
  /// Starts `command`, whose first word is looked for on PATH.
  /// @throws Error not_found when there is no such program; io when it cannot be started.
  explicit ChildProcess(std::vector<std::string> command);
  /// Closes the program's standard input, and kills the program if it does not end soon.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t process() const { return process_; }

  /// The program must read while it writes: a line that waits for room waits without end.
  /// @throws Error io when the program has ended, with what it wrote to standard error.
  void write_line(std::string_view line);
  /// @throws Error io as above; deadline, after killing it, when nothing came for so long.
  std::string read_line(double patience_seconds);

 private:
  bool fill(double patience_seconds);
  void read_errors();
  [[noreturn]] void fail();
  std::string end();

  std::string name_;
  pid_t process_ = -1;
  int to_ = -1;      // its standard input
  int from_ = -1;    // its standard output
  int errors_ = -1;  // its standard error
  std::string pending_;
  std::string error_tail_;
};

}  // namespace jnlp
