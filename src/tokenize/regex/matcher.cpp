#include "tokenize/regex/matcher.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

using Op = Instruction::Op;

// Patterns in use take below twenty steps a byte. Every piece of a text has an account of its own,
// so that what short texts get at least must be small, too.
constexpr uint64_t kStepsPerByte = 500;
constexpr uint64_t kStepsAtLeast = 20'000;

}  // namespace

Matcher::Matcher(const Program& program, std::string_view text)
    : program_(program),
      text_(text),
      registers_(program.registers),
      steps_left_(kStepsAtLeast + kStepsPerByte * text.size()) {}

void Matcher::spend(uint64_t steps) {
  if (steps > steps_left_) {
    throw Error(ErrorCode::invalid_input,
                "a regular expression of the tokenizer takes too many steps on this text");
  }
  steps_left_ -= steps;
}

std::optional<uint32_t> Matcher::match_at(uint32_t begin) {
  choices_.clear();
  return run(0, begin);
}

uint32_t Matcher::previous(uint32_t position) const {
  do {
    --position;
  } while ((static_cast<unsigned char>(text_[position]) & 0xC0U) == 0x80U);
  return position;
}

bool Matcher::in_set(const Instruction& instruction, uint32_t* position) const {
  if (*position >= text_.size()) return false;
  size_t next = *position;
  if (!program_.sets[instruction.a].contains(decode_utf8(text_, &next))) return false;
  *position = static_cast<uint32_t>(next);
  return true;
}

bool Matcher::take(const Instruction& instruction, uint32_t* position) const {
  if (instruction.op == Op::set) return in_set(instruction, position);
  if (*position >= text_.size()) return false;
  size_t next = *position;
  if (decode_utf8(text_, &next) != instruction.a) return false;
  *position = static_cast<uint32_t>(next);
  return true;
}

// The three loops over one set; false when there are fewer than the least number.
bool Matcher::loop(uint32_t step, uint32_t* position) {
  const Instruction& instruction = program_.steps[step];
  const uint32_t begin = *position;
  uint32_t count = 0;
  for (; count < instruction.min; ++count) {
    if (in_set(instruction, position)) continue;
    spend(count);
    return false;
  }
  const uint32_t least = *position;
  const uint32_t more = instruction.max == kNoLimit ? kNoLimit : instruction.max - count;
  if (instruction.op == Op::set_loop_lazy) {
    if (more > 0) choices_.push_back({Choice::Kind::lazy_loop, step, least, more});
    return true;
  }
  for (uint32_t taken = 0; taken < more && in_set(instruction, position); ++taken) {
  }
  spend(*position - begin);
  if (instruction.op == Op::set_loop && *position > least) {
    choices_.push_back({Choice::Kind::loop, step, *position, least});
  }
  return true;
}

bool Matcher::look(uint32_t step, uint32_t position) {
  const Instruction& instruction = program_.steps[step];
  uint32_t begin = position;
  if (instruction.op == Op::look_behind) {
    spend(std::min(instruction.min, position));
    for (uint32_t i = 0; i < instruction.min; ++i) {
      if (begin == 0) return instruction.negated;
      begin = previous(begin);
    }
  }
  return run(step + 1, begin).has_value() != instruction.negated;
}

bool Matcher::is_word_at(uint32_t position) const {
  size_t next = position;
  return position < text_.size() && has_property(decode_utf8(text_, &next), kRegexWord);
}

bool Matcher::holds(const Instruction& instruction, uint32_t position) const {
  const auto size = static_cast<uint32_t>(text_.size());
  switch (instruction.op) {
    case Op::line_begin:
      return position == 0 || (text_[position - 1] == '\n' && position < size);
    case Op::line_end:
      return position == size || text_[position] == '\n';
    case Op::text_begin:
      return position == 0;
    case Op::text_end:
      return position == size;
    case Op::text_end_or_newline:
      return position == size || (position + 1 == size && text_[position] == '\n');
    default: {
      const bool before = position > 0 && is_word_at(previous(position));
      return (before != is_word_at(position)) != instruction.negated;
    }
  }
}

// Takes back the last choice above `base` that leaves another way.
bool Matcher::backtrack(size_t base, uint32_t* step, uint32_t* position) {
  while (choices_.size() > base) {
    Choice& choice = choices_.back();
    switch (choice.kind) {
      case Choice::Kind::restore_register:
        registers_[choice.step] = choice.position;
        choices_.pop_back();
        continue;
      case Choice::Kind::resume:
        *step = choice.step;
        *position = choice.position;
        choices_.pop_back();
        return true;
      case Choice::Kind::loop:
        *step = choice.step + 1;
        *position = choice.position = previous(choice.position);
        if (choice.position == choice.limit) choices_.pop_back();
        return true;
      case Choice::Kind::lazy_loop: {
        *step = choice.step + 1;
        const Instruction& instruction = program_.steps[choice.step];
        if (!in_set(instruction, &choice.position)) {
          choices_.pop_back();
          continue;
        }
        *position = choice.position;
        if (choice.limit != kNoLimit && --choice.limit == 0) choices_.pop_back();
        return true;
      }
    }
  }
  return false;
}

std::optional<uint32_t> Matcher::run(uint32_t step, uint32_t position) {
  const size_t base = choices_.size();
  while (true) {
    spend(1);
    const Instruction& instruction = program_.steps[step];
    bool ok = true;
    uint32_t next = step + 1;
    switch (instruction.op) {
      case Op::character:
      case Op::set:
        ok = take(instruction, &position);
        break;
      case Op::set_loop:
      case Op::set_loop_lazy:
      case Op::set_run:
        ok = loop(step, &position);
        break;
      case Op::split:
        choices_.push_back({Choice::Kind::resume, instruction.b, position, 0});
        next = instruction.a;
        break;
      case Op::jump:
        next = instruction.a;
        break;
      case Op::look_ahead:
      case Op::look_behind:
        ok = look(step, position);
        next = instruction.a;
        break;
      case Op::atomic: {
        const std::optional<uint32_t> end = run(step + 1, position);
        ok = end.has_value();
        if (ok) position = *end;
        next = instruction.a;
        break;
      }
      case Op::mark:
        choices_.push_back(
            {Choice::Kind::restore_register, instruction.a, registers_[instruction.a], 0});
        registers_[instruction.a] = position;
        break;
      case Op::progress:
        // A repeat that matched nothing would go on for ever: it ends here instead.
        if (registers_[instruction.a] == position) ++next;
        break;
      case Op::accept:
        choices_.resize(base);
        return position;
      default:
        ok = holds(instruction, position);
        break;
    }
    if (ok) {
      step = next;
    } else if (!backtrack(base, &step, &position)) {
      return std::nullopt;
    }
  }
}

}  // namespace jnlp::tok
