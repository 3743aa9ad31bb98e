#pragma once

#include <string>
#include <vector>

#include "http/router.h"

namespace jnlp {

// Files of this folder that the program carries.
extern const char* const kOpenApiDocument;  ///< openapi.json
extern const char* const kDocsPage;         ///< docs.html

/// The paths that openapi.json describes; as patterns of routes they are written alike.
std::vector<std::string> documented_paths();

/// GET /openapi.json  OpenAPI 3.1
/// GET /docs          the same as a page
void add_document_routes(http::Router* router);

}  // namespace jnlp
