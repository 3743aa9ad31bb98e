#include "server/error_styles.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/json.h"
#include "http/server_options.h"
#include "server/openai_error.h"
#include "server/tei_errors.h"

namespace jnlp {
namespace {

constexpr std::array<std::string_view, 6> kTeiPaths = {"/predict",    "/rerank",   "/embed",
                                                       "/similarity", "/tokenize", "/info"};

bool is_below(std::string_view path, std::string_view parent) {
  return path == parent || (path.starts_with(parent) && path[parent.size()] == '/');
}

}  // namespace

http::Response render_error(const http::Failure& failure, const http::Request& request) {
  const std::string_view path = request.path;
  if (std::find(kTeiPaths.begin(), kTeiPaths.end(), path) != kTeiPaths.end()) {
    return tei_error_response(failure);
  }
  if (speaks_openai(request)) return openai_error_response(failure, request);
  if (is_below(path, "/v2") || is_below(path, "/pipeline")) {
    return http::Response::json(dump_json(OrderedJson{{"error", failure.message}}), failure.status);
  }
  return http::default_error_response(failure, request);
}

}  // namespace jnlp
