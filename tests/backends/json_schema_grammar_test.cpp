#include "backends/json_schema_grammar.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "../support/gbnf_matcher.h"
#include "base/error.h"

namespace jnlp {
namespace {

using Texts = std::vector<std::string_view>;

// Which of the texts the grammar of `schema` matches must be exactly the good ones.
void expect_matches(std::string_view schema, const Texts& good, const Texts& bad) {
  SCOPED_TRACE(schema);
  std::string grammar;
  ASSERT_NO_THROW(grammar = json_schema_grammar(schema));
  for (const std::string_view text : good) {
    EXPECT_TRUE(test::gbnf_matches(grammar, text)) << text << "\n" << grammar;
  }
  for (const std::string_view text : bad) {
    EXPECT_FALSE(test::gbnf_matches(grammar, text)) << text << "\n" << grammar;
  }
}

// The message of the error, which must have the code.
std::string fault(std::string_view schema, ErrorCode code) {
  try {
    json_schema_grammar(schema);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown for " << schema;
  return "";
}

TEST(JsonSchemaGrammar, TextOfSmallSchemas) {
  EXPECT_EQ(json_schema_grammar(R"({"type": "boolean"})"),
            "root ::= boolean\n"
            "boolean ::= \"true\" | \"false\"\n");
  EXPECT_EQ(json_schema_grammar(R"({"enum": ["a\"b", 1, null]})"),
            "root ::= \"\\\"a\\\\\\\"b\\\"\" | \"1\" | \"null\"\n");
  EXPECT_EQ(json_schema_grammar(R"({"type": "object", "properties": {"b": {"type": "null"},
                                   "a": {"type": "boolean"}}, "required": ["b"]})"),
            "root ::= \"{\" space \"\\\"b\\\":\" space null (\",\" space \"\\\"a\\\":\" space "
            "boolean)? space \"}\"\n"
            "boolean ::= \"true\" | \"false\"\n"
            "null ::= \"null\"\n"
            "space ::= (\" \" | \"\\n\" \" \"{0,24})?\n");
}

TEST(JsonSchemaGrammar, AnyJson) {
  for (const std::string_view schema : {"{}", "true", R"({"title": "anything"})"}) {
    expect_matches(schema,
                   {"{}", "[]", "null", "-1.5e+3", R"("a\n\u00e4\ud7ff")",
                    R"({"a": [1, {"b": "c"}]})", "[1,\n  2\n]"},
                   {"", "{", "[1,]", "01", "+1", ".5", "tru", "\"a", R"("\ud800")", "{\"a\":1} ",
                    " 1", "[1  ]", "\"a\nb\""});
  }
}

TEST(JsonSchemaGrammar, ObjectsHaveTheirPropertiesInOrder) {
  expect_matches(
      R"({"properties": {"a": {"type": "integer"}, "b": {"type": "string"}, "c": {"type": "null"}},
          "required": ["b"]})",
      {R"({"b": ""})", R"({"a": 1, "b": "x"})", R"({"b":"x","c":null})",
       "{\n  \"a\": 1,\n  \"b\": \"x\",\n  \"c\": null\n}"},
      {"{}", R"({"a": 1})", R"({"b": "x", "a": 1})", R"({"b": "x", "d": 1})", R"({"b": 1})",
       R"({"b": "x",})", R"([])"});
  expect_matches(R"({"properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}})",
                 {"{}", R"({"a": 1})", R"({"b": 2})", R"({"c": 3})", R"({"a": 1, "c": 3})",
                  R"({"a": 1, "b": 2, "c": 3})", R"({"b": 2, "c": 3})"},
                 {R"({, "a": 1})", R"({"a": 1 "b": 2})", R"({"c": 3, "a": 1})"});
}

TEST(JsonSchemaGrammar, WhatIsRequiredAndNotNamedIsAnything) {
  expect_matches(R"({"type": "object", "required": ["x"]})", {R"({"x": [1]})"}, {"{}"});
  expect_matches(R"({"type": "object"})", {"{}", R"({"y": 1})"}, {"[]"});
}

TEST(JsonSchemaGrammar, OtherPropertiesAreNotThoseNamed) {
  expect_matches(
      R"({"properties": {"a": {"const": 1}, "abc": {"const": 2}, "ä": {"const": 3}},
          "additionalProperties": {"type": "boolean"}})",
      {"{}", R"({"a": 1})", R"({"ab": true})", R"({"a": 1, "abcd": true, "": false})",
       R"({"x": true, "y": false})", R"({"b": true})", R"({"äh": true})"},
      {R"({"a": true})", R"({"abc": true})", R"({"ä": true})", R"({"x": 1})",
       R"({"x": true, "a": 1})", R"({"\u0061": true})"});
  expect_matches(R"({"type": "object", "additionalProperties": false})", {"{}"}, {R"({"a": 1})"});
  expect_matches(R"({"properties": {}, "additionalProperties": true})", {"{}", R"({"a": [1]})"},
                 {"[]"});
}

TEST(JsonSchemaGrammar, Arrays) {
  expect_matches(R"({"items": {"type": "integer"}, "minItems": 2, "maxItems": 3})",
                 {"[1, 2]", "[1,2,3]"}, {"[]", "[1]", "[1,2,3,4]", "[1,2", R"(["a", "b"])"});
  expect_matches(R"({"type": "array", "items": {"type": "null"}, "minItems": 1})",
                 {"[null]", "[null, null]"}, {"[]"});
  expect_matches(R"({"items": {"type": "null"}, "maxItems": 1})", {"[null]", "[]"},
                 {"[null,null]"});
  expect_matches(R"({"type": "array", "maxItems": 0})", {"[]"}, {"[1]"});
  expect_matches(R"({"type": "array"})", {"[]", "[1, \"a\"]"}, {"{}"});
  expect_matches(R"({"prefixItems": [{"type": "string"}, {"type": "integer"}]})", {R"(["a", 1])"},
                 {"[]", R"(["a"])", R"(["a", 1, 2])", R"([1, "a"])"});
  expect_matches(R"({"prefixItems": [{"type": "string"}], "items": {"type": "null"},
                     "minItems": 2, "maxItems": 3})",
                 {R"(["a", null])", R"(["a", null, null])"},
                 {R"(["a"])", R"(["a", null, null, null])"});
  expect_matches(R"({"prefixItems": [{"const": 1}, {"const": 2}], "maxItems": 1})", {"[1]"},
                 {"[1,2]"});
}

TEST(JsonSchemaGrammar, LengthsCountCharacters) {
  expect_matches(R"({"type": "string", "minLength": 2, "maxLength": 3})",
                 {R"("ab")", R"("äöü")", R"("\n\u0041")"}, {R"("a")", R"("abcd")", R"("")"});
  expect_matches(R"({"type": "string", "minLength": 1})", {R"("a")", R"("abcdef")"}, {R"("")"});
}

TEST(JsonSchemaGrammar, Integers) {
  expect_matches(R"({"type": "integer"})", {"0", "-12", "123456789"}, {"1.0", "01", "1e3", "--1"});
  expect_matches(R"({"type": "integer", "minimum": 1, "maximum": 5})", {"1", "3", "5"},
                 {"0", "6", "10", "-1", "15"});
  expect_matches(R"({"type": "integer", "minimum": -3, "exclusiveMaximum": 12})",
                 {"-3", "-1", "0", "9", "11"}, {"-4", "12", "20", "-10"});
  expect_matches(R"({"type": "integer", "exclusiveMinimum": 17.5})",
                 {"18", "19", "20", "100", "999"}, {"17", "9", "-18", "2"});
  expect_matches(R"({"type": "integer", "maximum": -5})", {"-5", "-6", "-10", "-123"},
                 {"-4", "0", "5"});
}

TEST(JsonSchemaGrammar, EveryIntegerOfARangeAndNoOther) {
  for (const auto& [least, most] : {std::pair{-205, 117}, {98, 1001}, {7, 7}, {-31, -8}, {0, 0}}) {
    const std::string grammar =
        json_schema_grammar(R"({"type": "integer", "minimum": )" + std::to_string(least) +
                            R"(, "maximum": )" + std::to_string(most) + "}");
    for (int i = -1200; i <= 1200; ++i) {
      EXPECT_EQ(test::gbnf_matches(grammar, std::to_string(i)), i >= least && i <= most)
          << i << "\n"
          << grammar;
    }
  }
}

TEST(JsonSchemaGrammar, NumbersWithinWholeLimits) {
  expect_matches(R"({"type": "number", "minimum": 0, "maximum": 1})",
                 {"0", "0.5", "0.999", "1", "1.0"}, {"1.5", "-0.5", "2", "1.01", "1e5"});
  expect_matches(R"({"type": "number", "minimum": -2, "maximum": -1})",
                 {"-2", "-2.0", "-1.5", "-1"}, {"-0.5", "-2.5", "1.5"});
  expect_matches(R"({"type": "number", "minimum": 0})", {"0", "12.25", "1000"}, {"-1"});
}

TEST(JsonSchemaGrammar, SeveralTypes) {
  expect_matches(R"({"type": ["string", "null"], "maxLength": 2})", {R"("ab")", "null"},
                 {R"("abc")", "1"});
}

TEST(JsonSchemaGrammar, EnumsAreOfTheTypeBesideThem) {
  expect_matches(R"({"type": "string", "enum": ["red", "grün", 5]})", {R"("red")", R"("grün")"},
                 {"5", R"("blue")", "red"});
  expect_matches(R"({"const": {"a": [1, "x"]}})", {R"({"a":[1,"x"]})"}, {"{}"});
}

TEST(JsonSchemaGrammar, Formats) {
  expect_matches(R"({"format": "date"})", {R"("2024-02-29")", R"("1999-12-31")", R"("2000-02-29")"},
                 {R"("2023-02-29")", R"("1900-02-29")", R"("2023-13-01")", R"("2023-04-31")",
                  R"("2023-1-01")", R"("2023-00-10")"});
  expect_matches(R"({"format": "date-time"})",
                 {R"("2023-05-06T23:59:59Z")", R"("2023-05-06T00:00:00.25+02:00")"},
                 {R"("2023-05-06")", R"("2023-05-06T24:00:00Z")", R"("2023-05-06T23:59:59")"});
  expect_matches(R"({"format": "time"})", {R"("07:30:00Z")"}, {R"("7:30:00Z")"});
  expect_matches(R"({"format": "uuid"})", {R"("123e4567-e89b-12d3-a456-426614174000")"},
                 {R"("123e4567e89b12d3a456426614174000")"});
}

TEST(JsonSchemaGrammar, Patterns) {
  expect_matches(R"({"pattern": "^[A-Z]{2}-\\d+$"})", {R"("AB-1")", R"("XY-123")"},
                 {R"("A-1")", R"("AB-")", R"("AB-1x")", R"("ab-1")"});
  expect_matches(R"({"pattern": "b+"})", {R"("b")", R"("abba")"}, {R"("a")", R"("")"});
  expect_matches(R"({"pattern": "^(?:ab|c)?d*$|^x"})",
                 {R"("")", R"("ab")", R"("cdd")", R"("dd")", R"("xyz")"}, {R"("abc")", R"("ax")"});
  expect_matches(R"({"pattern": "^[^a-y\"]{1,2}$"})", {R"("z")", R"("äZ")", R"("\\z")"},
                 {R"("a")", R"("\"")", R"("zzz")"});
  expect_matches(R"({"pattern": "^a.c\\.\\w\\s\\S$"})", {R"("abc._ x")", R"("aäc.7\ty")"},
                 {R"("a\nc._ x")", R"("abcx_ x")"});
  expect_matches(R"({"pattern": "^\"\\\\\\u0041\\x42[\\d-]$"})", {R"("\"\\AB-")", R"("\"\\AB7")"},
                 {R"("\"\\ABx")"});
  expect_matches(R"({"pattern": "^((a|b){2}c){1,2}$"})", {R"("abc")", R"("aacbbc")"},
                 {R"("ac")", R"("abcabcabc")"});
}

TEST(JsonSchemaGrammar, PatternsThatAreTooMuch) {
  const std::vector<std::string> unsupported = {
      R"(^(?=a)b$)", R"(\\bword)", R"((a)\\1)", R"(\\p{L})", R"(a^b)", R"((a*)*)", R"(a{3000})"};
  for (const std::string& pattern : unsupported) {
    const std::string message = fault(R"({"pattern": ")" + pattern + "\"}", ErrorCode::unsupported);
    EXPECT_NE(message.find("pattern"), std::string::npos) << message;
  }
  for (const std::string pattern : {"(a", "a)", "*a", "a{2,1}", "[z-a]", "[a", "a++", "a{x}"}) {
    fault(R"({"pattern": ")" + pattern + "\"}", ErrorCode::invalid_input);
  }
}

TEST(JsonSchemaGrammar, AnyOfWithWhatStandsBesideIt) {
  expect_matches(R"({"anyOf": [{"type": "integer"}, {"type": "string"}]})", {"1", R"("a")"},
                 {"null"});
  expect_matches(R"({"type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"],
                     "anyOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]},
                               {"properties": {"b": {"const": 2}}, "required": ["b"]}]})",
                 {R"({"k": "", "a": 1})", R"({"k": "", "b": 2})"}, {R"({"k": ""})", R"({"a": 1})"});
}

TEST(JsonSchemaGrammar, OneOfWantsSchemasThatExcludeEachOther) {
  expect_matches(R"({"oneOf": [{"type": "integer"}, {"type": "null"}]})", {"1", "null"}, {"true"});
  expect_matches(
      R"({"oneOf": [
            {"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}},
             "required": ["kind", "x"]},
            {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind"]}]})",
      {R"({"kind":"a","x": 1})", R"({"kind":"b"})"}, {R"({"kind":"a"})", R"({"kind":"b","x": 1})"});
  expect_matches(R"({"oneOf": [{"type": "object", "properties": {"a": {}}, "required": ["a"]},
                               {"type": "object", "properties": {"b": {}}, "required": ["b"]}]})",
                 {R"({"a": 1})", R"({"b": 1})"}, {"{}", R"({"a": 1, "b": 1})"});
  EXPECT_NE(fault(R"({"oneOf": [{"type": "integer"}, {"type": "number"}]})", ErrorCode::unsupported)
                .find("anyOf"),
            std::string::npos);
  fault(R"({"oneOf": [{"type": "object", "properties": {"a": {}}},
                      {"type": "object", "properties": {"b": {}}}]})",
        ErrorCode::unsupported);
}

TEST(JsonSchemaGrammar, AllOfIsMerged) {
  expect_matches(
      R"({"allOf": [{"properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"]},
                    {"$ref": "#/$defs/b"}],
          "$defs": {"b": {"type": "object", "properties": {"a": {"maximum": 3, "type": "number"},
                                                           "b": {"type": "null"}}}}})",
      {R"({"a": 2})", R"({"a": 3, "b": null})"},
      {"{}", R"({"a": 4})", R"({"a": 0})", R"({"a": 1.5})"});
  expect_matches(R"({"allOf": [{"enum": [1, 2, 3]}, {"enum": [3, 4, 2]}]})", {"2", "3"},
                 {"1", "4"});
  fault(R"({"allOf": [{"type": "string"}, {"type": "null"}]})", ErrorCode::invalid_input);
  fault(R"({"allOf": [{"pattern": "a"}, {"pattern": "b"}]})", ErrorCode::unsupported);
  fault(R"({"allOf": [{"properties": {"a": {}}, "additionalProperties": false},
                      {"properties": {"b": {}}}]})",
        ErrorCode::unsupported);
}

TEST(JsonSchemaGrammar, References) {
  expect_matches(
      R"({"$ref": "#/definitions/tree",
          "definitions": {"tree": {"type": "object", "properties": {
              "name": {"$ref": "#/definitions/a~1b%20c", "description": "a name"},
              "children": {"type": "array", "items": {"$ref": "#/definitions/tree"}}},
            "required": ["name"]},
          "a/b c": {"type": "string"}}})",
      {R"({"name": "x"})", R"({"name": "x", "children": [{"name": "y", "children": []}]})"},
      {R"({"name": "x", "children": [{}]})"});
  expect_matches(R"({"type": "object", "properties": {"next": {"$ref": "#"}}})",
                 {"{}", R"({"next": {"next": {}}})"}, {R"({"next": 1})"});
  fault(R"({"$ref": "#/$defs/none"})", ErrorCode::invalid_input);
  fault(R"({"$ref": "other.json#/a"})", ErrorCode::unsupported);
  fault(R"({"$ref": "#"})", ErrorCode::invalid_input);
  fault(R"({"anyOf": [{"type": "null"}, {"$ref": "#"}]})", ErrorCode::invalid_input);
  fault(R"({"allOf": [{"$ref": "#"}]})", ErrorCode::unsupported);
}

TEST(JsonSchemaGrammar, WhatIsNotSupportedIsNamedWithItsPlace) {
  const std::string message =
      fault(R"({"properties": {"a": {"items": {"type": "number", "multipleOf": 2}}}})",
            ErrorCode::unsupported);
  EXPECT_NE(message.find("multipleOf"), std::string::npos) << message;
  EXPECT_NE(message.find("#/properties/a/items"), std::string::npos) << message;
  for (const std::string_view schema :
       {R"({"not": {}})", R"({"if": {}})", R"({"patternProperties": {}})",
        R"({"type": "array", "uniqueItems": true})", R"({"type": "object", "minProperties": 1})",
        R"({"format": "email"})", R"({"type": "number", "minimum": 0.5})",
        R"({"type": "number", "exclusiveMinimum": 0})", R"({"pattern": "a", "minLength": 2})",
        R"({"enum": ["a"], "minLength": 2})", R"({"type": "string", "maxLength": 5000})",
        R"({"type": "array", "items": [{}]})", R"({"requierd": ["a"]})"}) {
    fault(schema, ErrorCode::unsupported);
  }
}

TEST(JsonSchemaGrammar, WhatIsNoSchemaOrHasNoValue) {
  for (const std::string_view schema :
       {"", "{", "[]", "3", R"({"type": "text"})", R"({"type": []})", R"({"required": "a"})",
        R"({"properties": []})", R"({"anyOf": []})", R"({"enum": []})", R"({"minItems": -1})",
        R"({"pattern": 1})", R"({"$ref": 1})", "false",
        R"({"required": ["a"], "additionalProperties": false})",
        R"({"type": "integer", "minimum": 3, "maximum": 2})",
        R"({"type": "string", "minLength": 3, "maxLength": 2})",
        R"({"type": "array", "minItems": 3, "maxItems": 2})",
        R"({"type": "string", "enum": [1]})"}) {
    fault(schema, ErrorCode::invalid_input);
  }
}

TEST(JsonSchemaGrammar, HostileSchemasEnd) {
  std::string deep = "{}";
  for (int i = 0; i < 500; ++i) deep = R"({"items": )" + deep + "}";
  fault(deep, ErrorCode::unsupported);
  // Every level refers to the one below twice, with something beside it.
  std::string wide = R"({"$ref": "#/$defs/d0", "$defs": {)";
  for (int i = 0; i < 40; ++i) {
    const std::string next =
        R"({"$ref": "#/$defs/d)" + std::to_string(i + 1) + R"(", "type": "array"})";
    wide +=
        R"("d)" + std::to_string(i) + R"(": {"items": {"anyOf": [)" + next + "," + next + "]}},";
  }
  fault(wide + R"("d40": {"type": "array"}}})", ErrorCode::unsupported);
  const std::string name(1'000'000, 'a');
  fault(R"({"properties": {")" + name + R"(": true}, "additionalProperties": true})",
        ErrorCode::unsupported);
  // The same where schemas are merged before anything is written.
  std::string merged = R"({"$ref": "#/$defs/d0", "$defs": {)";
  for (int i = 0; i < 14; ++i) {
    const std::string next = R"({"$ref": "#/$defs/d)" + std::to_string(i + 1) + R"("},)";
    merged +=
        R"("d)" + std::to_string(i) + R"(": {"allOf": [)" + next + next + next + next + "{}]},";
  }
  fault(merged + R"("d14": {}}})", ErrorCode::unsupported);
}

}  // namespace
}  // namespace jnlp
