#pragma once

#include "http/router.h"

namespace jnlp {

/// GET / and /page/...: the web page to try the tasks and to watch the server with. It comes from
/// the program itself, loads nothing from elsewhere and runs no script but its own.
void add_page_routes(http::Router* router);

/// Whether a route is one of those. The page holds nothing secret: it is served without a key, and
/// asks for one when it needs one.
bool is_page_route(std::string_view route);

}  // namespace jnlp
