#pragma once

#include <memory>
#include <string>
#include <utility>

#include "http/response.h"
#include "http/router.h"

namespace jnlp {

// What staged handlers (http::StagedHandler) of this folder are written with.

/// A value that both stages use.
template <typename T>
std::shared_ptr<const T> shared(T value) {
  return std::make_shared<const T>(std::move(value));
}

/// An answer's body as it is.
inline http::Response json_response(const std::string& body) {
  return http::Response::json(body);
}

/// All stages, each run by `guard`, which makes answers of what they throw: a function of a
/// function that gives a Begun or a Response.
template <typename Guard, typename Begin>
http::Begun guard_stages(Guard guard, const Begin& begin) {
  http::Begun begun = guard(begin);
  if (auto* rest = std::get_if<http::Rest>(&begun)) {
    *rest = [guard, rest = std::move(*rest)] { return guard(rest); };
  } else if (auto* later = std::get_if<http::Later>(&begun)) {
    *later = [guard, later = std::move(*later)](const http::Deliver& deliver) {
      later([guard, deliver](http::Rest rest) {
        deliver([guard, rest = std::move(rest)] { return guard(rest); });
      });
    };
  }
  return begun;
}

}  // namespace jnlp
