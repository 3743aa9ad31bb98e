#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace jnlp::http {

/// A request's target taken apart.
struct Target {
  std::vector<std::string> segments;  ///< of the path, each decoded; "/" has one, empty
  std::string path;                   ///< "/" and the segments
  NamedValues query;
};

/// Decodes the origin form ("/a/b?c=d") or the absolute form ("http://host/a"). The path is split
/// before it is decoded, so that an encoded slash stays within its segment.
/// @throws Error invalid_input for broken percent-encoding, bytes that are no printable ASCII,
///   ill-formed UTF-8 or control characters when decoded, and "." or "..", encoded or not.
Target parse_target(std::string_view target);

}  // namespace jnlp::http
