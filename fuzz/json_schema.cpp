// JSON Schemas, which become grammars: what comes out can be read as a grammar, and a schema that
// names one value allows that value.
#include "backends/json_schema_grammar.h"

#include "base/json.h"
#include "server/json_shape.h"
#include "support/gbnf_matcher.h"
#include "target.h"

namespace {

using namespace jnlp;

constexpr size_t kLongestToMatch = 200;  // the matcher is written for tests, not for speed

void check(const std::string& grammar, const OrderedJson& schema) {
  JNLP_HOLDS(grammar.starts_with("root ::= "));
  test::gbnf_matches(grammar, "");  // throws for what is no grammar
  if (!schema.is_object() || !schema.contains("const")) return;
  const std::string value = dump_json(schema["const"]);
  JNLP_HOLDS(value.size() > kLongestToMatch || test::gbnf_matches(grammar, value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  // As the server refuses such bodies before it looks for a schema in them.
  if (shape_of_json(text).depth > kDeepestJson) return 0;
  fuzz::accepts([&] {
    const std::string grammar = json_schema_grammar(text);
    check(grammar, parse_ordered_json(text, "the schema"));
  });
  return 0;
}
