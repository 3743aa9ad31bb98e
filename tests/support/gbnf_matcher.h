#pragma once

#include <string>
#include <string_view>

namespace jnlp::test {

/// Whether a GBNF grammar, from its rule "root" on, matches the whole text. Throws
/// std::runtime_error for a grammar that it cannot read. Written for tests: short, not fast.
bool gbnf_matches(const std::string& grammar, std::string_view text);

}  // namespace jnlp::test
