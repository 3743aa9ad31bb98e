#include "gbnf_matcher.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace jnlp::test {
namespace {

constexpr int kNoLimit = 1 << 30;

struct Node;
using NodeList = std::vector<std::shared_ptr<Node>>;

// Alternatives of sequences, a set of characters, a rule, or a repetition of `inner`.
struct Node {
  std::vector<NodeList> alternatives = {};
  std::vector<std::pair<char32_t, char32_t>> set = {};
  bool is_set = false;
  bool inverted = false;
  std::string rule = {};
  std::shared_ptr<Node> inner = nullptr;
  int least = 1;
  int most = 1;
};

class Reader {
 public:
  explicit Reader(std::string_view line) : text_(line) {}

  std::shared_ptr<Node> read() {
    auto node = alternatives();
    if (position_ != text_.size()) fail();
    return node;
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error("not GBNF at: " + std::string(text_.substr(position_)));
  }
  void skip() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  }
  bool take(char c) {
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  std::shared_ptr<Node> alternatives() {
    auto node = std::make_shared<Node>();
    do node->alternatives.push_back(sequence());
    while (take('|'));
    return node;
  }

  NodeList sequence() {
    NodeList list;
    for (skip(); position_ < text_.size() && text_[position_] != '|' && text_[position_] != ')';
         skip()) {
      list.push_back(repeated(item()));
    }
    return list;
  }

  std::shared_ptr<Node> item() {
    auto node = std::make_shared<Node>();
    if (take('(')) {
      node = alternatives();
      if (!take(')')) fail();
    } else if (take('"')) {
      node->alternatives.emplace_back();
      while (!take('"')) {
        auto one = std::make_shared<Node>();
        one->is_set = true;
        const char32_t c = character();
        one->set.emplace_back(c, c);
        node->alternatives.front().push_back(one);
      }
    } else if (take('[')) {
      node->is_set = true;
      node->inverted = take('^');
      while (!take(']')) {
        const char32_t first = character();
        const bool range =
            text_.substr(position_, 1) == "-" && text_.substr(position_ + 1, 1) != "]";
        if (range) ++position_;
        node->set.emplace_back(first, range ? character() : first);
      }
    } else {
      while (position_ < text_.size() &&
             (std::isalnum(static_cast<unsigned char>(text_[position_])) != 0 ||
              text_[position_] == '-')) {
        node->rule += text_[position_++];
      }
      if (node->rule.empty()) fail();
    }
    return node;
  }

  std::shared_ptr<Node> repeated(std::shared_ptr<Node> inner) {
    auto node = std::make_shared<Node>();
    node->inner = inner;
    if (take('*')) {
      node->least = 0;
      node->most = kNoLimit;
    } else if (take('+')) {
      node->most = kNoLimit;
    } else if (take('?')) {
      node->least = 0;
    } else if (take('{')) {
      node->least = node->most = number();
      if (take(',')) node->most = text_[position_] == '}' ? kNoLimit : number();
      if (!take('}') || (node->most != kNoLimit && node->most > 2000)) fail();
    } else {
      return inner;
    }
    return node;
  }

  int number() {
    int value = 0;
    while (std::isdigit(static_cast<unsigned char>(text_[position_])) != 0) {
      value = value * 10 + (text_[position_++] - '0');
    }
    return value;
  }

  char32_t character() {
    if (position_ >= text_.size()) fail();
    if (!take('\\')) return decode_utf8(text_, &position_);
    const char kind = text_[position_++];
    const size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (digits == 0) return kind == 'n' ? U'\n' : kind == 't' ? U'\t' : static_cast<char32_t>(kind);
    const std::string hex(text_.substr(position_, digits));
    position_ += digits;
    return static_cast<char32_t>(std::strtoul(hex.c_str(), nullptr, 16));
  }

  std::string_view text_;
  size_t position_ = 0;
};

using Ends = std::set<size_t>;

class Matcher {
 public:
  Matcher(const std::string& grammar, std::string_view text) : text_(text) {
    std::istringstream lines(grammar);
    for (std::string line; std::getline(lines, line);) {
      const size_t mark = line.find(" ::= ");
      if (mark == std::string::npos) throw std::runtime_error("no rule: " + line);
      rules_[line.substr(0, mark)] = Reader(std::string_view(line).substr(mark + 5)).read();
    }
  }

  bool matches() { return ends(*rules_.at("root"), 0).count(text_.size()) > 0; }

 private:
  // Where what `node` matches from `begin` on may end.
  Ends ends(const Node& node, size_t begin) {
    const auto key = std::make_pair(&node, begin);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    known_[key] = {};  // a rule that begins with itself matches nothing more
    return known_[key] = compute(node, begin);
  }

  Ends compute(const Node& node, size_t begin) {
    if (node.is_set) return set_end(node, begin);
    if (!node.rule.empty()) return ends(*rules_.at(node.rule), begin);
    if (node.inner) return repeated_ends(node, begin);
    Ends all;
    for (const NodeList& sequence : node.alternatives) {
      Ends here = {begin};
      for (const auto& item : sequence) here = step(*item, here);
      all.insert(here.begin(), here.end());
    }
    return all;
  }

  Ends step(const Node& node, const Ends& begins) {
    Ends all;
    for (const size_t begin : begins) {
      const Ends some = ends(node, begin);
      all.insert(some.begin(), some.end());
    }
    return all;
  }

  Ends repeated_ends(const Node& node, size_t begin) {
    Ends here = {begin};
    for (int i = 0; i < node.least; ++i) here = step(*node.inner, here);
    Ends all = here;
    for (int i = node.least; i < node.most && !here.empty(); ++i) {
      Ends next;
      for (const size_t end : step(*node.inner, here)) {
        if (all.insert(end).second) next.insert(end);
      }
      here = next;
    }
    return all;
  }

  Ends set_end(const Node& node, size_t begin) const {
    if (begin >= text_.size()) return {};
    size_t end = begin;
    const char32_t c = decode_utf8(text_, &end);
    const bool in = std::any_of(node.set.begin(), node.set.end(), [&](const auto& range) {
      return range.first <= c && c <= range.second;
    });
    return in != node.inverted ? Ends{end} : Ends{};
  }

  std::string_view text_;
  std::map<std::string, std::shared_ptr<Node>> rules_;
  std::map<std::pair<const Node*, size_t>, Ends> known_;
};

}  // namespace

bool gbnf_matches(const std::string& grammar, std::string_view text) {
  return Matcher(grammar, text).matches();
}

}  // namespace jnlp::test
