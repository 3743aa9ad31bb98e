// Against seqeval.
#include "evaluate/metrics/entities.h"
#include "evaluate/metrics/golden.h"

namespace jnlp {
namespace {

using Tags = std::vector<std::string>;

void expect_like(const Json& golden, const std::string& reading_name, TagReading reading,
                 const std::string& what) {
  EntityCounter counter(reading);
  const auto expected = golden.at("expected").get<std::vector<Tags>>();
  const auto predicted = golden.at("predicted").get<std::vector<Tags>>();
  for (size_t i = 0; i < expected.size(); ++i) counter.add(expected[i], predicted[i]);
  const Json& result = golden.at(reading_name);
  const auto counts = counter.counts();
  ASSERT_EQ(counts.size(), result.at("per_type").size()) << what;
  for (size_t t = 0; t < counts.size(); ++t) {
    const Json& of_type = result["per_type"][t];
    test::expect_scores(scores_of(counts[t]), of_type, what + " type " + counter.types()[t]);
    EXPECT_EQ(counts[t].expected, of_type[3].get<int64_t>()) << what;
  }
  if (counts.empty()) return;  // seqeval's averages of nothing are not defined
  test::expect_averages(averages_of(counts), result, what);
}

TEST(Entities, AgreeWithSeqeval) {
  const Json cases = test::golden_metrics("entities");
  ASSERT_GE(cases.size(), 14U);
  for (size_t n = 0; n < cases.size(); ++n) {
    const std::string what = "case " + std::to_string(n);
    expect_like(cases[n], "lenient", TagReading::lenient, what + " lenient");
    if (cases[n].contains("strict")) {
      expect_like(cases[n], "strict", TagReading::strict_iob2, what + " strict");
    }
  }
}

TEST(Entities, StrictReadingNeedsABeginning) {
  const Tags tags = {"I-PER", "I-PER", "O", "B-LOC", "I-LOC", "I-ORG"};
  EXPECT_EQ(find_entities(tags, TagReading::lenient).size(), 3U);
  const auto strict = find_entities(tags, TagReading::strict_iob2);
  ASSERT_EQ(strict.size(), 1U);
  EXPECT_EQ(strict[0], (TaggedSpan{"LOC", 3, 5}));
}

TEST(Entities, CountsOfNamedSentencesAreSums) {
  EntityCounter counter(TagReading::lenient);
  counter.add(Tags{"B-PER", "O"}, Tags{"B-PER", "B-LOC"});
  counter.add(Tags{"B-LOC"}, Tags{"O"});
  const std::vector<uint32_t> twice_the_first = {0, 0};
  const auto counts = counter.counts(twice_the_first);
  ASSERT_EQ(counter.types(), (Tags{"LOC", "PER"}));
  EXPECT_EQ(counts[0].predicted, 2);
  EXPECT_EQ(counts[0].expected, 0);
  EXPECT_EQ(counts[1].correct, 2);
}

}  // namespace
}  // namespace jnlp
