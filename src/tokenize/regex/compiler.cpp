#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "tokenize/regex/program.h"
#include "tokenize/regex/syntax.h"

namespace jnlp::tok {
namespace {

using Op = Instruction::Op;

constexpr size_t kMaxSteps = 50000;
// Repeats of what compiles to nothing, ((){1000}){1000}, would take for ever without taking steps.
constexpr size_t kMaxVisits = 4 * kMaxSteps;

bool is_single(const Node& node) {
  return node.kind == Node::Kind::character || node.kind == Node::Kind::set;
}

// Number of code points that every match of the node has, if it is always the same.
std::optional<uint32_t> fixed_length(const Node& node) {
  switch (node.kind) {
    case Node::Kind::character:
    case Node::Kind::set:
      return 1;
    case Node::Kind::look_ahead:
    case Node::Kind::look_behind:
    case Node::Kind::assertion:
      return 0;
    case Node::Kind::repeat: {
      const auto length = fixed_length(*node.children[0]);
      if (!length || node.min != node.max) return std::nullopt;
      return *length * node.min;
    }
    case Node::Kind::alternatives: {
      const auto length = fixed_length(*node.children[0]);
      for (const NodePtr& child : node.children) {
        if (fixed_length(*child) != length) return std::nullopt;
      }
      return length;
    }
    case Node::Kind::sequence:
    case Node::Kind::atomic:
      break;
  }
  uint32_t sum = 0;
  for (const NodePtr& child : node.children) {
    const auto length = fixed_length(*child);
    if (!length) return std::nullopt;
    sum += *length;
  }
  return sum;
}

class Compiler {
 public:
  explicit Compiler(std::string_view expression) : expression_(expression) {}

  Program run() {
    const NodePtr root = parse_regex(expression_);
    compile(*root);
    emit({Op::accept});
    return std::move(program_);
  }

 private:
  uint32_t here() const { return static_cast<uint32_t>(program_.steps.size()); }

  [[noreturn]] void fail_too_large() const {
    throw Error(ErrorCode::unsupported,
                fmt::format("regular expression \"{}\" is too large", expression_));
  }

  uint32_t emit(Instruction instruction) {
    if (program_.steps.size() >= kMaxSteps) fail_too_large();
    program_.steps.push_back(instruction);
    return here() - 1;
  }

  void compile(const Node& node) {
    if (++visits_ > kMaxVisits) fail_too_large();
    switch (node.kind) {
      case Node::Kind::character:
        emit({Op::character, false, static_cast<uint32_t>(node.character)});
        return;
      case Node::Kind::set:
        emit({Op::set, false, add_set(node)});
        return;
      case Node::Kind::sequence:
        for (const NodePtr& child : node.children) compile(*child);
        return;
      case Node::Kind::alternatives:
        return compile_alternatives(node);
      case Node::Kind::repeat:
        return compile_repeat(node);
      case Node::Kind::look_ahead:
        return compile_enclosed({Op::look_ahead, node.negated}, *node.children[0]);
      case Node::Kind::look_behind:
        return compile_look_behind(node);
      case Node::Kind::atomic:
        return compile_enclosed({Op::atomic}, *node.children[0]);
      case Node::Kind::assertion:
        emit({node.assertion, node.negated});
        return;
    }
  }

  uint32_t add_set(const Node& node) {
    CharSet set = node.set;
    if (node.kind == Node::Kind::character) {
      set.add_char(node.character);
      set.finish();
    }
    program_.sets.push_back(std::move(set));
    return static_cast<uint32_t>(program_.sets.size() - 1);
  }

  void compile_alternatives(const Node& node) {
    std::vector<uint32_t> jumps;
    for (size_t i = 0; i < node.children.size(); ++i) {
      if (i + 1 == node.children.size()) {
        compile(*node.children[i]);
        break;
      }
      const uint32_t split = emit({Op::split, false, here() + 1});
      compile(*node.children[i]);
      jumps.push_back(emit({Op::jump}));
      program_.steps[split].b = here();
    }
    for (const uint32_t jump : jumps) program_.steps[jump].a = here();
  }

  void compile_enclosed(Instruction instruction, const Node& body) {
    const uint32_t at = emit(instruction);
    compile(body);
    emit({Op::accept});
    program_.steps[at].a = here();
  }

  // Alternatives of different lengths each get a look of their own.
  void compile_look_behind(const Node& node) {
    const Node& body = *node.children[0];
    const bool split = body.kind == Node::Kind::alternatives && !fixed_length(body);
    std::vector<const Node*> branches;
    if (split) {
      for (const NodePtr& child : body.children) branches.push_back(child.get());
    } else {
      branches.push_back(&body);
    }
    std::vector<uint32_t> jumps;
    for (size_t i = 0; i < branches.size(); ++i) {
      const auto length = fixed_length(*branches[i]);
      if (!length) {
        throw Error(
            ErrorCode::unsupported,
            fmt::format("regular expression \"{}\": a look-behind of varying length", expression_));
      }
      // Behind a negated look all branches must fail, behind a plain one any may match.
      const bool either = !node.negated && i + 1 < branches.size();
      const uint32_t choice = either ? emit({Op::split, false, here() + 1}) : 0;
      Instruction look{Op::look_behind, node.negated};
      look.min = *length;
      compile_enclosed(look, *branches[i]);
      if (either) {
        jumps.push_back(emit({Op::jump}));
        program_.steps[choice].b = here();
      }
    }
    for (const uint32_t jump : jumps) program_.steps[jump].a = here();
  }

  void compile_repeat(const Node& node) {
    const Node& body = *node.children[0];
    if (is_single(body)) return compile_set_loop(node, body);
    if (node.greed == Node::Greed::possessive) {
      const uint32_t at = emit({Op::atomic});
      compile_copies(node, body);
      emit({Op::accept});
      program_.steps[at].a = here();
      return;
    }
    compile_copies(node, body);
  }

  void compile_set_loop(const Node& node, const Node& body) {
    Instruction loop{Op::set_loop, false, add_set(body)};
    if (node.greed == Node::Greed::lazy) loop.op = Op::set_loop_lazy;
    if (node.greed == Node::Greed::possessive) loop.op = Op::set_run;
    loop.min = node.min;
    loop.max = node.max;
    emit(loop);
  }

  void compile_copies(const Node& node, const Node& body) {
    for (uint32_t i = 0; i < node.min; ++i) compile(body);
    if (node.max == kNoLimit) return compile_star(node, body);
    std::vector<uint32_t> splits;
    for (uint32_t i = node.min; i < node.max; ++i) {
      splits.push_back(emit_choice(node.greed));
      compile(body);
    }
    for (const uint32_t split : splits) set_exit(split, node.greed);
  }

  void compile_star(const Node& node, const Node& body) {
    const uint32_t reg = program_.registers++;
    const uint32_t split = emit_choice(node.greed);
    emit({Op::mark, false, reg});
    compile(body);
    emit({Op::progress, false, reg});
    emit({Op::jump, false, split});
    set_exit(split, node.greed);
  }

  // A choice between the next step and an exit that set_exit() fills in.
  uint32_t emit_choice(Node::Greed greed) {
    const uint32_t split = emit({Op::split});
    (greed == Node::Greed::lazy ? program_.steps[split].b : program_.steps[split].a) = here();
    return split;
  }
  void set_exit(uint32_t split, Node::Greed greed) {
    (greed == Node::Greed::lazy ? program_.steps[split].a : program_.steps[split].b) = here();
  }

  std::string_view expression_;
  Program program_;
  size_t visits_ = 0;
};

}  // namespace

Program compile_regex(std::string_view expression) {
  return Compiler(expression).run();
}

}  // namespace jnlp::tok
