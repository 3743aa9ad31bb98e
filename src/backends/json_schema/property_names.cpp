#include "backends/json_schema/property_names.h"

#include <fmt/format.h>

#include <map>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

// The grammar has a bracket in a bracket for each character of a name.
constexpr size_t kLongestName = 200;

// The names by their characters.
struct Node {
  bool taken = false;  // a name ends here
  std::map<char32_t, Node> next = {};
};

Node tree_of(const std::vector<std::string>& names) {
  Node root;
  for (const std::string& name : names) {
    if (name.size() > kLongestName) {
      throw Error(ErrorCode::unsupported,
                  fmt::format("the JSON schema has a property whose name is longer than {} bytes, "
                              "beside 'additionalProperties'",
                              kLongestName));
    }
    Node* node = &root;
    for (size_t i = 0; i < name.size();) node = &node->next[decode_utf8(name, &i)];
    node->taken = true;
  }
  return root;
}

// What may follow the characters on the way to `node`, up to the end of the name.
std::string rest_of_name(const Node& node, const std::string& name, GrammarRules* rules) {
  const std::string key_char = rules->use("key-char");
  if (node.next.empty()) return key_char + (node.taken ? "+" : "*");
  std::string others = R"([^"\\\x7F\x00-\x1F)";
  std::string body;
  for (const auto& [code_point, child] : node.next) {
    others += gbnf_set_char(code_point);
    const std::string rest = rest_of_name(child, name, rules);
    body += fmt::format("[{}] {} | ", gbnf_set_char(code_point), rest);
  }
  body += fmt::format("{}] {}*", others, key_char);
  return fmt::format("({}){}", body, node.taken ? "" : "?");
}

}  // namespace

std::string other_property_name(const std::vector<std::string>& taken, const std::string& name,
                                GrammarRules* rules) {
  if (taken.empty()) return rules->use("string");
  return rules->add(name,
                    fmt::format(R"("\"" {} "\"")", rest_of_name(tree_of(taken), name, rules)));
}

}  // namespace jnlp
