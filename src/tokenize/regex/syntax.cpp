#include "tokenize/regex/syntax.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {
namespace {

constexpr int kMaxRegexDepth = 100;
constexpr uint32_t kMaxRepeat = 1000;
// Ten times what published tokenizers have.
constexpr size_t kMaxLength = 16384;
constexpr int kMaxQuantifiers = 16;
constexpr char32_t kEnd = ~char32_t{0};

struct Flags {
  bool ignore_case = false;
  bool dot_all = false;
  bool extended = false;
};

int hex_value(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  return -1;
}

NodePtr make_node(Node::Kind kind) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  return node;
}

class Parser {
 public:
  explicit Parser(std::string_view expression) : expression_(expression) {}

  NodePtr run() {
    NodePtr node = parse_alternatives({}, 0);
    if (peek() != kEnd) fail("unmatched ')'");
    return node;
  }

 private:
  [[noreturn]] void fail(std::string_view what, ErrorCode code = ErrorCode::invalid_input) const {
    throw Error(code, fmt::format("regular expression \"{}\": {} at byte {}", expression_, what,
                                  position_));
  }

  char32_t peek() const {
    size_t position = position_;
    return position < expression_.size() ? decode_utf8(expression_, &position) : kEnd;
  }
  char32_t next() {
    if (position_ >= expression_.size()) fail("it ends too early");
    return decode_utf8(expression_, &position_);
  }
  bool take(std::string_view text) {
    if (!expression_.substr(position_).starts_with(text)) return false;
    position_ += text.size();
    return true;
  }

  NodePtr parse_alternatives(Flags flags, int depth) {
    if (depth > kMaxRegexDepth) fail("groups are nested too deeply");
    NodePtr alternatives = make_node(Node::Kind::alternatives);
    do {
      alternatives->children.push_back(parse_sequence(&flags, depth));
    } while (take("|"));
    if (alternatives->children.size() == 1) return std::move(alternatives->children[0]);
    return alternatives;
  }

  // The flags are changed by (?i) and its like up to the end of the group.
  NodePtr parse_sequence(Flags* flags, int depth) {
    NodePtr sequence = make_node(Node::Kind::sequence);
    while (true) {
      if (flags->extended) skip_comments();
      const char32_t c = peek();
      if (c == kEnd || c == '|' || c == ')') break;
      NodePtr atom = parse_atom(flags, depth);
      if (!atom) continue;
      int quantifiers = 0;  // each is one more level of the tree
      while (NodePtr repeated = parse_quantifier(&atom)) {
        if (++quantifiers > kMaxQuantifiers) fail("too many repeats of one thing");
        atom = std::move(repeated);
      }
      sequence->children.push_back(std::move(atom));
    }
    return sequence;
  }

  void skip_comments() {
    while (true) {
      const char32_t c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++position_;
      } else if (c == '#') {
        while (peek() != kEnd && peek() != '\n') next();
      } else {
        return;
      }
    }
  }

  NodePtr parse_quantifier(NodePtr* atom) {
    uint32_t min = 0;
    uint32_t max = kNoLimit;
    bool interval = false;
    if (take("*")) {
    } else if (take("+")) {
      min = 1;
    } else if (take("?")) {
      max = 1;
    } else if (peek() == '{' && parse_interval(&min, &max)) {
      interval = true;
    } else {
      return nullptr;
    }
    NodePtr repeat = make_node(Node::Kind::repeat);
    repeat->min = min;
    repeat->max = max;
    if (take("?")) {
      repeat->greed = Node::Greed::lazy;
    } else if (!interval && take("+")) {  // in this syntax {n,m}+ is a repeated repeat
      repeat->greed = Node::Greed::possessive;
    }
    repeat->children.push_back(std::move(*atom));
    return repeat;
  }

  // {n}, {n,}, {,m} and {n,m}; anything else is taken as it stands.
  bool parse_interval(uint32_t* min, uint32_t* max) {
    const size_t start = position_;
    ++position_;
    const auto number = [this](uint32_t* value) {
      const size_t begin = position_;
      uint64_t read = 0;
      while (peek() >= '0' && peek() <= '9') {
        read = read * 10 + (next() - '0');
        if (read > kMaxRepeat) fail("a repeat count is above 1000", ErrorCode::unsupported);
      }
      if (position_ > begin) *value = static_cast<uint32_t>(read);
      return position_ > begin;
    };
    const bool has_min = number(min);
    const bool comma = take(",");
    const bool has_max = comma && number(max);
    if (!take("}") || (!has_min && !has_max)) {
      position_ = start;
      return false;
    }
    if (!comma) *max = *min;
    if (*max < *min) fail("a repeat's greatest count is below its least");
    return true;
  }

  NodePtr parse_atom(Flags* flags, int depth) {
    if (peek() == '(') return parse_group(flags, depth);
    if (peek() == '[') return set_node(parse_class(*flags, depth + 1), *flags);
    const char32_t c = next();
    switch (c) {
      case '.':
        return dot(flags->dot_all);
      case '^':
        return assertion(Instruction::Op::line_begin);
      case '$':
        return assertion(Instruction::Op::line_end);
      case '\\':
        return parse_escape(*flags);
      case '*':
      case '+':
      case '?':
        fail("there is nothing to repeat");
      default:
        return character_node(c, *flags);
    }
  }

  static NodePtr assertion(Instruction::Op op, bool negated = false) {
    NodePtr node = make_node(Node::Kind::assertion);
    node->assertion = op;
    node->negated = negated;
    return node;
  }

  static NodePtr dot(bool dot_all) {
    CharSet set;
    if (!dot_all) set.add_char('\n');
    set.negate();
    return set_node(std::move(set), {});
  }

  static NodePtr set_node(CharSet set, Flags flags) {
    if (flags.ignore_case) set.ignore_case();
    set.finish();
    NodePtr node = make_node(Node::Kind::set);
    node->set = std::move(set);
    return node;
  }

  static NodePtr character_node(char32_t c, Flags flags) {
    if (flags.ignore_case) {
      CharSet set;
      set.add_char(c);
      return set_node(std::move(set), flags);
    }
    NodePtr node = make_node(Node::Kind::character);
    node->character = c;
    return node;
  }

  NodePtr parse_group(Flags* flags, int depth) {
    ++position_;
    if (!take("?")) return finish_group(make_node(Node::Kind::sequence), *flags, depth);
    if (take(":")) return finish_group(make_node(Node::Kind::sequence), *flags, depth);
    if (take(">")) return finish_group(make_node(Node::Kind::atomic), *flags, depth);
    if (take("=")) return finish_group(make_node(Node::Kind::look_ahead), *flags, depth);
    if (take("<=")) return finish_group(make_node(Node::Kind::look_behind), *flags, depth);
    if (take("!")) return finish_negated(Node::Kind::look_ahead, *flags, depth);
    if (take("<!")) return finish_negated(Node::Kind::look_behind, *flags, depth);
    if (take("#")) {
      while (next() != ')') {
      }
      return nullptr;
    }
    if (take("<")) {
      while (next() != '>') {
      }
      return finish_group(make_node(Node::Kind::sequence), *flags, depth);
    }
    return parse_flags(flags, depth);
  }

  NodePtr finish_negated(Node::Kind kind, Flags flags, int depth) {
    NodePtr node = make_node(kind);
    node->negated = true;
    return finish_group(std::move(node), flags, depth);
  }

  NodePtr finish_group(NodePtr node, Flags flags, int depth) {
    node->children.push_back(parse_alternatives(flags, depth + 1));
    if (!take(")")) fail("a group is not closed");
    return node;
  }

  // (?i), (?i:...), (?-m) and so on.
  NodePtr parse_flags(Flags* flags, int depth) {
    Flags changed = *flags;
    bool on = true;
    while (true) {
      const char32_t c = next();
      if (c == '-') {
        on = false;
      } else if (c == 'i') {
        changed.ignore_case = on;
      } else if (c == 'm') {
        changed.dot_all = on;
      } else if (c == 'x') {
        changed.extended = on;
      } else if (c == ':') {
        return finish_group(make_node(Node::Kind::sequence), changed, depth);
      } else if (c == ')') {
        // The rest of the enclosing group, alternatives included, is a group of its own.
        *flags = changed;
        return parse_alternatives(changed, depth + 1);
      } else {
        fail("a kind of group that is not known", ErrorCode::unsupported);
      }
    }
  }

  NodePtr parse_escape(Flags flags) {
    const char32_t c = peek();
    if (c == 'b' || c == 'B') {
      ++position_;
      return assertion(Instruction::Op::word_boundary, c == 'B');
    }
    if (take("A")) return assertion(Instruction::Op::text_begin);
    if (take("z")) return assertion(Instruction::Op::text_end);
    if (take("Z")) return assertion(Instruction::Op::text_end_or_newline);
    CharSet set;
    if (parse_class_escape(&set, false)) return set_node(std::move(set), flags);
    return character_node(parse_character_escape(), flags);
  }

  // \s, \p{L} and the other escapes that stand for sets; behind the backslash.
  bool parse_class_escape(CharSet* set, bool in_class) {
    const char32_t c = peek();
    switch (c) {
      case 's':
      case 'S':
        set->add_property(kRegexSpace, c == 'S');
        break;
      case 'w':
      case 'W':
        if (in_class) {
          set->add_class_word(c == 'W');
        } else {
          set->add_property(kRegexWord, c == 'W');
        }
        break;
      case 'd':
      case 'D':
        set->add_property(kRegexDigit, c == 'D');
        break;
      case 'h':
        set->add_range('0', '9');
        set->add_range('a', 'f');
        set->add_range('A', 'F');
        break;
      case 'p':
      case 'P':
        return parse_property(set);
      default:
        return false;
    }
    ++position_;
    return true;
  }

  bool parse_property(CharSet* set) {
    const bool negated = next() == 'P';
    if (!take("{")) fail("\\p without {...}", ErrorCode::unsupported);
    const size_t end = expression_.find('}', position_);
    if (end == std::string_view::npos) fail("\\p{ is not closed");
    const std::string_view name = expression_.substr(position_, end - position_);
    if (!set->add_named(name, negated)) {
      fail(fmt::format("the property \"{}\" is not known", name), ErrorCode::unsupported);
    }
    position_ = end + 1;
    return true;
  }

  char32_t parse_character_escape() {
    const char32_t c = next();
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'f':
        return '\f';
      case 'v':
        return '\v';
      case 'a':
        return '\a';
      case 'e':
        return 0x1B;
      case '0':
        return 0;
      case 'x':
        if (take("{")) {
          const char32_t value = parse_hex(8);
          if (!take("}")) fail("\\x{ is not closed");
          return value;
        }
        return parse_hex(2);
      case 'u':
        return parse_hex(4);
      default:
        break;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9');
    if (letter) fail("an escape that is not known", ErrorCode::unsupported);
    return c;
  }

  char32_t parse_hex(int max_digits) {
    char32_t value = 0;
    int digits = 0;
    for (; digits < max_digits && hex_value(peek()) >= 0; ++digits) {
      value = value * 16 + static_cast<char32_t>(hex_value(next()));
    }
    if (digits == 0 || value > 0x10FFFF) fail("a code point that does not exist");
    return value;
  }

  CharSet parse_class(Flags flags, int depth) {
    if (depth > kMaxRegexDepth) fail("classes are nested too deeply");
    ++position_;
    const bool negated = take("^");
    CharSet set = parse_class_items(flags, depth);
    while (take("&&")) set.intersect(parse_class_items(flags, depth));
    if (!take("]")) fail("a class is not closed");
    if (negated) set.negate();
    return set;
  }

  CharSet parse_class_items(Flags flags, int depth) {
    CharSet set;
    bool first = true;
    while (true) {
      const char32_t c = peek();
      if (c == kEnd || (c == ']' && !first)) break;
      if (expression_.substr(position_).starts_with("&&")) break;
      first = false;
      if (take("[:")) {
        parse_posix(&set);
      } else if (c == '[') {
        set.add_set(parse_class(flags, depth + 1));
      } else {
        parse_class_range(&set);
      }
    }
    return set;
  }

  void parse_posix(CharSet* set) {
    const size_t end = expression_.find(":]", position_);
    if (end == std::string_view::npos) fail("[: is not closed");
    std::string_view name = expression_.substr(position_, end - position_);
    const bool negated = name.starts_with('^');
    if (negated) name.remove_prefix(1);
    if (name == "word") {
      set->add_class_word(negated);
    } else if (name == "punct") {
      set->add_property(kRegexPunct, negated);
    } else if (!set->add_named(name, negated)) {
      fail(fmt::format("the class [:{}:] is not known", name), ErrorCode::unsupported);
    }
    position_ = end + 2;
  }

  void parse_class_range(CharSet* set) {
    if (take("\\")) {
      if (parse_class_escape(set, true)) return;
      --position_;
    }
    const char32_t first = class_character();
    const std::string_view rest = expression_.substr(position_);
    if (!rest.starts_with('-') || rest.starts_with("-]") || rest.starts_with("-[")) {
      return set->add_char(first);
    }
    ++position_;
    const char32_t last = class_character();
    if (last < first) fail("a range runs backwards");
    set->add_range(first, last);
  }

  char32_t class_character() {
    const char32_t c = next();
    if (c != '\\') return c;
    return peek() == 'b' ? (++position_, U'\b') : parse_character_escape();
  }

  std::string_view expression_;
  size_t position_ = 0;
};

}  // namespace

NodePtr parse_regex(std::string_view expression) {
  if (expression.size() > kMaxLength) {
    throw Error(ErrorCode::unsupported,
                fmt::format("a regular expression of {} bytes is too long; the limit is {} bytes",
                            expression.size(), kMaxLength));
  }
  if (!is_valid_utf8(expression)) {
    throw Error(ErrorCode::invalid_input, "a regular expression is not well-formed UTF-8");
  }
  return Parser(expression).run();
}

}  // namespace jnlp::tok
