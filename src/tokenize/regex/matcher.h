#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tokenize/regex/program.h"

namespace jnlp::tok {

/// Runs a program on one text. Backtracking happens on a stack of its own, so that no text can
/// exhaust the thread's; the steps are counted, so that no pattern runs for ever.
class Matcher {
 public:
  /// @param text well-formed UTF-8 that outlives the matcher.
  Matcher(const Program& program, std::string_view text);

  /// End of the match that begins exactly at `begin`, or nothing.
  /// @throws Error invalid_input when the steps are used up.
  std::optional<uint32_t> match_at(uint32_t begin);

 private:
  struct Choice {
    enum class Kind : uint8_t { resume, loop, lazy_loop, restore_register };
    Kind kind;
    uint32_t step;      // to go on with, or the register
    uint32_t position;  // to go on at, or the register's old value
    uint32_t limit;     // loop: the least position; lazy_loop: code points that may still be taken
  };

  void spend(uint64_t steps);
  std::optional<uint32_t> run(uint32_t step, uint32_t position);
  bool take(const Instruction& instruction, uint32_t* position) const;
  bool loop(uint32_t step, uint32_t* position);
  bool look(uint32_t step, uint32_t position);
  bool holds(const Instruction& instruction, uint32_t position) const;
  bool backtrack(size_t base, uint32_t* step, uint32_t* position);
  bool in_set(const Instruction& instruction, uint32_t* position) const;
  bool is_word_at(uint32_t position) const;
  uint32_t previous(uint32_t position) const;

  const Program& program_;
  std::string_view text_;
  std::vector<Choice> choices_;
  std::vector<uint32_t> registers_;
  uint64_t steps_left_;
};

}  // namespace jnlp::tok
