#include "http/router.h"

#include <gtest/gtest.h>

#include "http/target.h"
#include "support/expect_error.h"

namespace jnlp::http {
namespace {

Response nothing(const Request&) {
  return {};
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router.add("GET", "/", nothing);
    router.add("GET", "/v2", nothing);
    router.add("GET", "/v2/models/{name}", nothing);
    router.add("POST", "/v2/models/{name}/infer", nothing);
    router.add("POST", "/v2/models/{name}/versions/{version}/infer", nothing);
    router.add("POST", "/v2/models/special/infer", nothing);
    router.add("POST", "/a/b", nothing);
    router.add("PUT", "/a/b", nothing);
  }

  std::string pattern_of(const char* method, const char* target) const {
    const Router::Match match = router.find(method, parse_target(target));
    return match.route != nullptr ? match.route->pattern : "allow " + match.allow;
  }

  Router router;
};

TEST_F(RouterTest, FindsPatterns) {
  EXPECT_EQ(pattern_of("GET", "/"), "/");
  EXPECT_EQ(pattern_of("GET", "/v2"), "/v2");
  EXPECT_EQ(pattern_of("HEAD", "/v2"), "/v2");
  EXPECT_EQ(pattern_of("GET", "/v2?x"), "/v2");
  EXPECT_EQ(pattern_of("GET", "/v2/models/a"), "/v2/models/{name}");
  EXPECT_EQ(pattern_of("POST", "/v2/models/special/infer"), "/v2/models/special/infer");
  EXPECT_EQ(pattern_of("POST", "/v2/models/x/infer"), "/v2/models/{name}/infer");
}

TEST_F(RouterTest, GivesPlaces) {
  const auto match = router.find("POST", parse_target("/v2/models/a%2Fb/versions/1/infer"));
  EXPECT_EQ(match.params, (NamedValues{{"name", "a/b"}, {"version", "1"}}));
}

TEST_F(RouterTest, UnknownPathAndMethod) {
  for (const char* target : {"/v3", "/v2/", "/V2", "//v2", "/v2/models/", "/v2/models//infer",
                             "/v2/models/a/b", "/a%2Fb"}) {
    EXPECT_EQ(pattern_of("GET", target), "allow ") << target;
  }
  EXPECT_EQ(pattern_of("GET", "/a/b"), "allow OPTIONS, POST, PUT");
  EXPECT_EQ(pattern_of("get", "/v2"), "allow OPTIONS, GET, HEAD");
}

TEST_F(RouterTest, RefusesSenselessRoutes) {
  EXPECT_ERROR(router.add("GET", "/v2", nothing), ErrorCode::invalid_input, "two routes");
  EXPECT_ERROR(router.add("GET", "v2", nothing), ErrorCode::invalid_input, "begin with");
}

}  // namespace
}  // namespace jnlp::http
