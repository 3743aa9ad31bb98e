#pragma once

#include <string_view>

#include "http/request.h"

namespace jnlp::test {

/// A request with nothing but one header.
inline http::Request with_header(const char* name, std::string_view value) {
  http::Request request;
  request.headers.set(name, value);
  return request;
}

}  // namespace jnlp::test
