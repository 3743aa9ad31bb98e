#include "base/json.h"
#include "server/api_documents.h"

namespace jnlp {

std::vector<std::string> documented_paths() {
  const Json document = parse_json(kOpenApiDocument, "openapi.json");
  std::vector<std::string> paths;
  for (const auto& [path, methods] : document.at("paths").items()) paths.push_back(path);
  return paths;
}

void add_document_routes(http::Router* router) {
  router->add_quick("GET", "/openapi.json",
                    [](const http::Request&) { return http::Response::json(kOpenApiDocument); });
  router->add_quick("GET", "/docs", [](const http::Request&) {
    http::Response page = http::Response::of_type("text/html; charset=utf-8", kDocsPage);
    page.headers.add("content-security-policy",
                     "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; "
                     "script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
    return page;
  });
}

}  // namespace jnlp
