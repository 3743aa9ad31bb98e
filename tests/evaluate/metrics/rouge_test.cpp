// Against Google's rouge_score with NLTK's stemmer.
#include "evaluate/metrics/rouge.h"

#include <algorithm>
#include <chrono>

#include "evaluate/metrics/golden.h"
#include "evaluate/metrics/porter_stemmer.h"
#include "evaluate/metrics/rouge_words.h"
#include "evaluate/metrics/subsequence.h"
#include "evaluate/random.h"

namespace jnlp {
namespace {

TEST(PorterStemmer, StemsAsNltk) {
  const Json golden = test::golden_metrics("stems");
  ASSERT_GT(golden.size(), 10000U);
  for (const auto& [word, stem] : golden.items()) {
    EXPECT_EQ(porter_stem(word), stem.get<std::string>()) << word;
  }
}

TEST(PorterStemmer, TakesTimeInProportionToTheWord) {
  const std::string word(1'000'000, 'y');  // NLTK's recursion ends at about a thousand
  EXPECT_EQ(porter_stem(word + "ing").size(), word.size());
}

void expect_rouge(const Json& golden, const std::string& name, RougeTokens tokens) {
  const auto reference = golden.at("reference").get<std::string>();
  const auto summary = golden.at("summary").get<std::string>();
  const RougeScores scores = rouge(reference, summary, tokens);
  const Json& expected = golden.at(name);
  const std::string what = name + ": " + reference.substr(0, 80) + " | " + summary.substr(0, 80);
  test::expect_scores(scores.rouge1, expected[0], "rouge1 " + what);
  test::expect_scores(scores.rouge2, expected[1], "rouge2 " + what);
  test::expect_scores(scores.rouge_l, expected[2], "rougeL " + what);
  test::expect_scores(scores.rouge_lsum, expected[3], "rougeLsum " + what);
}

TEST(Rouge, EqualsRougeScore) {
  const Json golden = test::golden_metrics("rouge");
  ASSERT_GT(golden.size(), 90U);
  for (const Json& pair : golden) {
    expect_rouge(pair, "ascii", RougeTokens::ascii);
    expect_rouge(pair, "ascii_stemmed", RougeTokens::ascii_stemmed);
    expect_rouge(pair, "unicode", RougeTokens::unicode);
  }
}

TEST(Rouge, OtherScriptsCountOnlyInTheUnicodeVariant) {
  const std::string text = "Москва — столица";
  EXPECT_EQ(rouge(text, text, RougeTokens::ascii).rouge1.f1, 0);
  EXPECT_EQ(rouge(text, text, RougeTokens::unicode).rouge2.f1, 1);
  EXPECT_EQ(rouge_words("東京 Tōkyō", RougeTokens::unicode),
            (std::vector<std::string>{"東", "京", "tōkyō"}));
}

// The table of lengths as a textbook has it, and rouge_score's way back through it.
std::vector<size_t> places_by_table(const WordIds& a, const WordIds& b) {
  std::vector<std::vector<size_t>> t(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      t[i][j] = a[i - 1] == b[j - 1] ? t[i - 1][j - 1] + 1 : std::max(t[i - 1][j], t[i][j - 1]);
    }
  }
  std::vector<size_t> places;
  for (size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
    if (a[i - 1] == b[j - 1]) {
      places.push_back(--i);
      --j;
    } else if (t[i][j - 1] > t[i - 1][j]) {
      --j;
    } else {
      --i;
    }
  }
  std::reverse(places.begin(), places.end());
  return places;
}

WordIds random_words(std::mt19937_64& engine, size_t length, uint64_t vocabulary) {
  WordIds words(length);
  for (uint32_t& word : words) word = static_cast<uint32_t>(draw_below(engine, vocabulary));
  return words;
}

TEST(Subsequence, IsTheOneThatATableGives) {
  std::mt19937_64 engine(23);
  for (int i = 0; i < 400; ++i) {
    const uint64_t vocabulary = 1 + draw_below(engine, 8);
    const WordIds a = random_words(engine, draw_below(engine, 200), vocabulary);
    const WordIds b = random_words(engine, draw_below(engine, 200), vocabulary);
    const auto expected = places_by_table(a, b);
    ASSERT_EQ(common_subsequence_places(a, b), expected);
    ASSERT_EQ(common_subsequence_length(a, b), expected.size());
  }
}

TEST(Subsequence, OfLongTextsTakesMomentsAndMegabytes) {
  std::mt19937_64 engine(29);
  const WordIds a = random_words(engine, 20000, 5000);
  const WordIds b = random_words(engine, 20000, 5000);
  const auto start = std::chrono::steady_clock::now();
  const auto places = common_subsequence_places(a, b);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(places.size(), common_subsequence_length(a, b));
  EXPECT_LT(seconds.count(), 5.0);  // about 0.01 s in a release build; a table takes seconds
}

}  // namespace
}  // namespace jnlp
