#include "server/api_documents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "base/json.h"
#include "server/server_routes.h"

namespace jnlp {
namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// Routes as "GET /health"; OpenAPI has no words for WebSockets.
std::set<std::string> served() {
  const ServerModels models;
  ModelLoading loading({});
  const Metrics metrics({}, {});
  const CachedResults cache(0);
  ChatMetrics chats;
  ChatAnswers answers(chats);
  const KeyRing keys{ApiKeys()};
  const RequestGate gate(keys, 0, [](const http::Request&) { return true; });
  const MemoryBudget budget(0);
  http::Router router;
  add_server_routes({models,
                     loading,
                     metrics,
                     cache,
                     answers,
                     gate,
                     budget,
                     [](const std::string&) {},
                     [] { return false; },
                     [] { return http::ServerStats(); },
                     {}},
                    &router);
  std::set<std::string> routes;
  for (const http::Route* route : router.routes()) {
    if (!route->web_socket) routes.insert(route->method + " " + route->pattern);
  }
  return routes;
}

Json document() {
  return parse_json(kOpenApiDocument, "openapi.json");
}

std::set<std::string> documented() {
  const Json api = document();
  std::set<std::string> routes;
  for (const auto& [path, methods] : api.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      routes.insert(upper(method) + " " + path);
    }
  }
  return routes;
}

TEST(OpenApi, DescribesEachRoute) {
  const std::set<std::string> known = documented();
  for (const std::string& route : served()) {
    EXPECT_TRUE(known.contains(route)) << "not in src/server/openapi.json: " << route;
  }
}

TEST(OpenApi, DescribesNothingElse) {
  const std::set<std::string> routes = served();
  for (const std::string& route : documented()) {
    EXPECT_TRUE(routes.contains(route)) << "no such route: " << route;
  }
}

void expect_references(const Json& api, const Json& value) {
  if (value.is_object() && value.contains("$ref")) {
    const std::string reference = value["$ref"];
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_TRUE(api.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
  if (!value.is_structured()) return;
  for (const Json& item : value) expect_references(api, item);
}

TEST(OpenApi, HasWhatItRefersTo) {
  const Json api = document();
  EXPECT_EQ(api["openapi"], "3.1.0");
  expect_references(api, api);
}

TEST(OpenApi, NamesEachPlaceOfAPathAndATagForEachOperation) {
  const Json api = document();
  std::set<std::string> tags;
  for (const Json& tag : api["tags"]) tags.insert(tag["name"].get<std::string>());
  for (const auto& [path, methods] : api["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(tags.contains(operation["tags"][0].get<std::string>())) << path;
      size_t places = 0;
      for (const Json& parameter : operation.value("parameters", Json::array())) {
        if (parameter.value("in", "") != "path") continue;
        ++places;
        EXPECT_NE(path.find("{" + parameter["name"].get<std::string>() + "}"), std::string::npos)
            << path;
      }
      EXPECT_EQ(places, static_cast<size_t>(std::count(path.begin(), path.end(), '{'))) << path;
    }
  }
}

TEST(DocsPage, LoadsNothingFromElsewhere) {
  const std::string page = kDocsPage;
  for (const char* part : {"http:", "https:", "//cdn", "src=", "@import", "innerHTML"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace jnlp
