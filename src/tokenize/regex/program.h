#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenize/regex/char_set.h"

namespace jnlp::tok {

constexpr uint32_t kNoLimit = ~0U;

/// One step of a compiled pattern. Steps follow each other unless they name another one.
struct Instruction {
  enum class Op : uint8_t {
    character,      // the code point `a`
    set,            // a code point of set `a`
    set_loop,       // `min` to `max` code points of set `a`, as many as possible, fewer on demand
    set_loop_lazy,  // the same, as few as possible
    set_run,        // the same as set_loop, but what it took it keeps
    split,          // goes on at `a`, and on failure at `b`
    jump,           // goes on at `a`
    look_ahead,     // the steps from the next one to an `accept` match here (or do not: `negated`);
                    // goes on at `a`
    look_behind,    // the same for the `min` code points before
    atomic,         // the steps to an `accept` match; their first way counts; goes on at `a`
    mark,           // remembers the position in register `a`
    progress,       // fails when the position is still that of register `a`
    line_begin,
    line_end,
    text_begin,
    text_end,
    text_end_or_newline,
    word_boundary,  // or not, if `negated`
    accept,
  };

  Op op;
  bool negated = false;
  uint32_t a = 0;
  uint32_t b = 0;
  uint32_t min = 0;
  uint32_t max = kNoLimit;
};

struct Program {
  std::vector<Instruction> steps;
  std::vector<CharSet> sets;
  uint32_t registers = 0;
};

/// Compiles an expression in Oniguruma's Ruby syntax.
/// @throws Error invalid_input for a malformed one, unsupported for what is not known.
Program compile_regex(std::string_view expression);

}  // namespace jnlp::tok
