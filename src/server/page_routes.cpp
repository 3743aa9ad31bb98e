#include "server/page_routes.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "http/content_coding.h"
#include "server/page_files.h"

namespace jnlp {
namespace {

// Scripts and styles come from our files alone; the page talks to this server alone and may not be
// shown inside another page.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Served {
  const PageFile& file;
  std::string gzip;  // made once
  std::string etag;  // weak, as it stands for both codings
};

http::Response respond(const Served& served, const http::Request& request) {
  http::Response response;
  response.headers.add("etag", served.etag);
  // Names do not change with contents: a browser asks each time whether its copy is good.
  response.headers.add("cache-control", "no-cache");
  response.headers.add("content-security-policy", kPolicy);
  response.headers.add("x-content-type-options", "nosniff");
  response.headers.add("referrer-policy", "no-referrer");
  // What a client compares may be strong or a list; the quotes of the hash make it exact.
  const std::string_view known = request.header("if-none-match");
  if (known == "*" || known.find(served.etag.substr(2)) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.headers.add("content-type", served.file.type);
  if (http::accepts_gzip(request.header("accept-encoding"))) {
    response.headers.add("content-encoding", "gzip");
    response.headers.add("vary", "Accept-Encoding");
    response.body = served.gzip;
  } else {
    response.body = served.file.body;
  }
  return response;
}

}  // namespace

void add_page_routes(http::Router* router) {
  for (const PageFile& file : page_files()) {
    const auto served = std::make_shared<const Served>(
        Served{file, http::compress_gzip(file.body), fmt::format("W/\"{}\"", file.hash)});
    router->add_quick("GET", file.path,
                      [served](const http::Request& request) { return respond(*served, request); });
  }
}

bool is_page_route(std::string_view route) {
  return route == "/" || route.starts_with("/page/");
}

}  // namespace jnlp
