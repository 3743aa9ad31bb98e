#include "server/page_routes.h"

#include <gtest/gtest.h>

#include "http/content_coding.h"
#include "http/target.h"
#include "server/page_files.h"
#include "server/with_header.h"

namespace jnlp {
namespace {

using test::with_header;

// What the page's route for `target` answers; status 404 where there is none.
http::Response ask(const std::string& target, const http::Request& request = {}) {
  http::Router router;
  add_page_routes(&router);
  const http::Router::Match match = router.find("GET", http::parse_target(target));
  if (match.route == nullptr) return http::Response::text("", 404);
  EXPECT_TRUE(is_page_route(match.route->pattern));
  return match.route->quick(request);
}

TEST(PageRoutes, ServeWhatThePageNames) {
  const http::Response index = ask("/");
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.headers.get("content-type"), "text/html; charset=utf-8");
  int named = 0;
  for (const char* mark : {"src=\"", "href=\"page"}) {
    const std::string attribute(mark, std::string_view(mark).find('"') + 1);
    for (size_t at = index.body.find(mark); at != std::string::npos;
         at = index.body.find(mark, at)) {
      at += attribute.size();
      const std::string name = index.body.substr(at, index.body.find('"', at) - at);
      EXPECT_EQ(ask("/" + name).status, 200) << name;
      ++named;
    }
  }
  EXPECT_GT(named, 5);
  EXPECT_EQ(ask("/page/app.js").headers.get("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(ask("/page/nothing.js").status, 404);
}

TEST(PageRoutes, ForbidScriptsAndContentsFromElsewhere) {
  for (const PageFile& file : page_files()) {
    const http::Response answer = ask(std::string(file.path));
    const std::string policy(answer.headers.get("content-security-policy"));
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << file.path;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << file.path;
    EXPECT_EQ(answer.headers.get("x-content-type-options"), "nosniff") << file.path;
  }
  const std::string& index = ask("/").body;
  EXPECT_EQ(index.find("<style"), std::string::npos);
  EXPECT_EQ(index.find("<script>"), std::string::npos);
  EXPECT_EQ(index.find("http://"), std::string::npos);
  EXPECT_EQ(index.find("https://"), std::string::npos);
}

TEST(PageRoutes, SendNothingThatTheBrowserHas) {
  const http::Response first = ask("/");
  const std::string etag(first.headers.get("etag"));
  EXPECT_EQ(first.headers.get("cache-control"), "no-cache");
  for (const std::string& known : {etag, etag.substr(2), "\"a\", " + etag, std::string("*")}) {
    const http::Response again = ask("/", with_header("if-none-match", known));
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.headers.get("etag"), etag);
  }
  EXPECT_EQ(ask("/", with_header("if-none-match", "\"else\"")).status, 200);
  EXPECT_NE(ask("/page/app.js").headers.get("etag"), etag);
}

TEST(PageRoutes, CompressForThoseWhoTakeIt) {
  const http::Response plain = ask("/");
  const http::Response packed = ask("/", with_header("accept-encoding", "gzip, br"));
  EXPECT_EQ(plain.headers.get("content-encoding"), "");
  EXPECT_EQ(packed.headers.get("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), plain.body.size() / 2);
  EXPECT_EQ(http::decompress_gzip(packed.body, 1'000'000), plain.body);
}

TEST(PageRoutes, AreToldFromOthers) {
  EXPECT_TRUE(is_page_route("/"));
  EXPECT_TRUE(is_page_route("/page/tasks/ner.js"));
  EXPECT_FALSE(is_page_route("/pages"));
  EXPECT_FALSE(is_page_route("/metrics"));
  EXPECT_FALSE(is_page_route(""));
}

}  // namespace
}  // namespace jnlp
