#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "tokenize/regex/char_set.h"
#include "tokenize/regex/program.h"

namespace jnlp::tok {

/// A pattern as a tree.
struct Node {
  enum class Kind : uint8_t {
    character,
    set,
    sequence,
    alternatives,
    repeat,
    look_ahead,
    look_behind,
    atomic,
    assertion,  // `assertion` holds which
  };
  enum class Greed : uint8_t { greedy, lazy, possessive };

  Kind kind;
  char32_t character = 0;
  CharSet set;
  std::vector<std::unique_ptr<Node>> children;
  uint32_t min = 0;
  uint32_t max = kNoLimit;
  Greed greed = Greed::greedy;
  bool negated = false;
  Instruction::Op assertion = Instruction::Op::accept;
};

using NodePtr = std::unique_ptr<Node>;

/// Parses an expression in Oniguruma's Ruby syntax. @throws Error as compile_regex() does.
NodePtr parse_regex(std::string_view expression);

}  // namespace jnlp::tok
