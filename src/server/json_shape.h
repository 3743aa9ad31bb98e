#pragma once

#include <cstddef>
#include <string_view>

namespace jnlp {

/// Bodies that nest lists or objects deeper than this are refused: what walks parsed JSON recurses.
inline constexpr size_t kDeepestJson = 64;

/// What can be seen of a JSON text without parsing it. For text that is no JSON these are some
/// numbers.
struct JsonShape {
  size_t depth = 0;    ///< lists and objects in one another, at the deepest place
  size_t members = 0;  ///< of all objects together
};

JsonShape shape_of_json(std::string_view text);

}  // namespace jnlp
