#include "server/request_fields.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/error_status.h"

namespace jnlp {
namespace {

RequestFields fields(const std::string& body) {
  http::Request request;
  request.body = body;
  return RequestFields(request);
}

template <typename Ask>
void expect_422(Ask ask, const std::string& part) {
  try {
    ask();
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), 422);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(RequestFields, GivesWhatIsThere) {
  const RequestFields given =
      fields(R"({"one": "a", "many": ["b", "ü"], "count": 3, "flag": true, "nothing": null})");
  EXPECT_EQ(given.text("one"), "a");
  EXPECT_EQ(given.texts("one"), std::vector<std::string>{"a"});
  EXPECT_EQ(given.texts("many"), (std::vector<std::string>{"b", "ü"}));
  EXPECT_EQ(given.integer("count", 1, 0, 9), 3);
  EXPECT_TRUE(given.boolean("flag", false));
  EXPECT_EQ(given.integer("absent", 7, 0, 9), 7);
  EXPECT_FALSE(given.has("nothing"));
}

TEST(RequestFields, NamesTheFieldAtFault) {
  const RequestFields given = fields(
      R"({"number": 1, "list": ["a", {}], "none": [], "big": 18446744073709551615, "half": 0.5})");
  expect_422([&] { given.text("absent"); }, "\"absent\" is missing");
  expect_422([&] { given.text("number"); }, "\"number\" must be a string");
  expect_422([&] { given.texts("list"); }, "\"list[1]\" must be a string, not object");
  expect_422([&] { given.texts("none"); }, "\"none\" is an empty list");
  expect_422([&] { given.texts("number"); }, "\"number\" must be a list of strings");
  expect_422([&] { given.integer("number", 0, 2, 5); },
             "\"number\" must be an integer from 2 to 5");
  expect_422([&] { given.integer("big", 0, 0, 5); }, "\"big\"");
  expect_422([&] { given.integer("half", 0, 0, 5); }, "\"half\"");
  expect_422([&] { given.boolean("number", false); }, "\"number\" must be true or false");
}

TEST(RequestFields, TooManyTextsAreTooMany) {
  std::string body = "{\"texts\": [\"a\"";
  for (size_t i = 0; i < RequestFields::kMaxTexts; ++i) body += ",\"a\"";
  expect_422([&] { fields(body + "]}").texts("texts"); }, "at most 1024");
}

TEST(RequestFields, ABodyMustBeAnObject) {
  for (const char* body : {"", "{", "[1]", "\"a\"", "{\"a\": \"\xff\"}", "{} {}"}) {
    EXPECT_THROW(fields(body), Error) << body;
  }
  EXPECT_THROW(fields(std::string(100'000, '[')), Error);
  EXPECT_THROW(fields(std::string("{}\0 {", 5)), Error);
}

TEST(RequestFields, RefusesDeepNesting) {
  const auto nested = [](size_t depth) {
    return "{\"a\": " + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_NO_THROW(fields(nested(63)));
  EXPECT_NO_THROW(fields(R"({"a": ")" + std::string(1000, '[') + R"(\" {{{{ \\"})"));
  for (const size_t depth : {size_t{64}, size_t{1'000'000}}) {
    try {
      fields(nested(depth));
      ADD_FAILURE() << "accepted";
    } catch (const http::HttpError& error) {
      EXPECT_EQ(error.status(), 400);
    }
  }
}

}  // namespace
}  // namespace jnlp
