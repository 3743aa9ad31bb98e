#include "server/tei_inputs.h"

#include <gtest/gtest.h>

#include "server/tei_errors.h"

namespace jnlp {
namespace {

RequestFields tei_fields(const std::string& json) {
  return RequestFields(parse_json(json, "the test"));
}

TeiSequences sequences(const std::string& inputs) {
  return tei_sequences(tei_fields("{\"inputs\": " + inputs + "}"));
}

template <typename Ask>
void expect_fault(Ask ask, TeiFault fault, int status) {
  try {
    ask();
    ADD_FAILURE() << "accepted";
  } catch (const TeiError& error) {
    EXPECT_EQ(error.fault(), fault) << error.what();
    EXPECT_EQ(error.status(), status);
  }
}

TEST(TeiInputs, TakesATextAloneOrInAList) {
  for (const char* inputs : {R"("a")", R"(["a"])"}) {
    const TeiSequences given = sequences(inputs);
    ASSERT_EQ(given.inputs.size(), 1u);
    EXPECT_EQ(given.inputs[0].text, "a");
    EXPECT_FALSE(given.inputs[0].pair);
    EXPECT_FALSE(given.is_batch);
  }
}

TEST(TeiInputs, TakesTwoStringsAsAPair) {
  const TeiSequences given = sequences(R"(["a", "b"])");
  ASSERT_EQ(given.inputs.size(), 1u);
  EXPECT_EQ(given.inputs[0].pair, "b");
  EXPECT_FALSE(given.is_batch);
}

TEST(TeiInputs, TakesListsAsManyInputs) {
  const TeiSequences given = sequences(R"([["a"], ["b", "c"], ["d"]])");
  ASSERT_EQ(given.inputs.size(), 3u);
  EXPECT_TRUE(given.is_batch);
  EXPECT_EQ(given.shape(), "121");
  EXPECT_EQ(given.texts(), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST(TeiInputs, RefusesOtherShapes) {
  for (const char* inputs : {"7", "[]", "[7]", R"(["a", "b", "c"])", R"([["a", "b", "c"]])",
                             R"([["a"], "b"])", R"([[]])", R"([[7]])", "{}", "true"}) {
    SCOPED_TRACE(inputs);
    expect_fault([&] { sequences(inputs); }, TeiFault::validation, 422);
  }
  expect_fault([] { tei_sequences(tei_fields("{}")); }, TeiFault::validation, 422);
  expect_fault([] { tei_sequences(tei_fields(R"({"inputs": null})")); }, TeiFault::validation, 422);
}

TEST(TeiInputs, CallsAnEmptyTextEmpty) {
  expect_fault([] { sequences(R"("")"); }, TeiFault::empty, 400);
  expect_fault([] { sequences(R"(["", ""])"); }, TeiFault::empty, 400);
  EXPECT_NO_THROW(sequences(R"(["", "a"])"));
  for (const char* inputs : {R"("")", "[]", R"(["a", ""])"}) {
    SCOPED_TRACE(inputs);
    const Json body = parse_json(std::string("{\"inputs\": ") + inputs + "}", "the test");
    expect_fault([&] { tei_texts(body, "inputs"); }, TeiFault::empty, 400);
  }
}

TEST(TeiInputs, RefusesIdsOfTokensAndTooManyTexts) {
  const Json ids = parse_json(R"({"inputs": [1, 2]})", "the test");
  expect_fault([&] { tei_texts(ids, "inputs"); }, TeiFault::validation, 422);
  Json many = Json::array();
  for (size_t i = 0; i <= RequestFields::kMaxTexts; ++i) many.push_back("a");
  const Json body = {{"inputs", many}};
  expect_fault([&] { tei_texts(body, "inputs"); }, TeiFault::validation, 422);
}

TEST(TeiInputs, ReadsHowToCut) {
  EXPECT_TRUE(tei_length(tei_fields("{}")).truncate);
  EXPECT_EQ(tei_length(tei_fields("{}")).direction, TruncationDirection::right);
  const LengthOptions length =
      tei_length(tei_fields(R"({"truncate": false, "truncation_direction": "Left"})"));
  EXPECT_FALSE(length.truncate);
  EXPECT_EQ(length.direction, TruncationDirection::left);
  expect_fault([] { tei_length(tei_fields(R"({"truncation_direction": "up"})")); },
               TeiFault::validation, 422);
}

TEST(TeiInputs, RefusesPrompts) {
  EXPECT_NO_THROW(refuse_prompts(tei_fields(R"({"prompt_name": null})")));
  expect_fault([] { refuse_prompts(tei_fields(R"({"prompt_name": "query"})")); },
               TeiFault::validation, 422);
}

TEST(TeiInputs, CountsCodePoints) {
  EXPECT_EQ(count_characters({"ab", "äö", "😀"}), 5u);
}

}  // namespace
}  // namespace jnlp
