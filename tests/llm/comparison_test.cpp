// The comparison with runtimes whose times and texts are known; real ones have tests of their own.
#include "llm/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "llm/comparison_output.h"

namespace jnlp {
namespace {

struct Behaviour {
  double token_seconds = 0.01;
  std::string text = "one two three";
  int64_t memory = 100'000'000;
  bool counts = true;
  bool scores = false;
  int fails_at_call = -1;
  std::string weights = "file";
};

// Finds the first letter or word of its scale likeliest.
class KnownScorer : public TextScorer {
 public:
  int64_t context_size() const override { return 100; }
  TextScore score(std::string_view context, std::string_view continuation) override {
    if (context.size() > 100) throw Error(ErrorCode::invalid_input, "too long");
    TextScore score;
    score.log_probabilities = {continuation == " ice" ? -1.0F : -2.0F};
    score.greedy = continuation == " sea";
    return score;
  }
  Perplexity perplexity(std::string_view, const PerplexityOptions&) override {
    return {.value = 8, .standard_error = 0.5, .bits_per_byte = 1.25, .tokens = 10, .windows = 1};
  }
};

class KnownRuntime : public LlmRuntime {
 public:
  KnownRuntime(std::string method, Behaviour behaviour, std::vector<std::string>* calls)
      : method_(std::move(method)), behaviour_(std::move(behaviour)), calls_(calls) {}

  std::string method() const override { return method_; }
  std::string model() const override { return "known to " + method_; }
  std::string weights() const override { return behaviour_.weights; }
  OrderedJson facts() const override { return {{"description", "of the test"}}; }
  RuntimeLoad load() override {
    return {.cold_seconds = 2, .warm_seconds = 1, .note = "as the test says"};
  }
  RuntimeAnswer generate(const RuntimeRequest& request) override {
    if (calls_ != nullptr) calls_->push_back(method_ + ":" + request.prompt);
    if (call_++ == behaviour_.fails_at_call) throw Error(ErrorCode::io, "the server went away");
    RuntimeAnswer answer;
    answer.text = behaviour_.text;
    // 10 tokens read in 0.1 s, then 5 written, the first at the end of the reading.
    answer.first_token_seconds = 0.1;
    answer.seconds = 0.1 + 4 * behaviour_.token_seconds;
    if (behaviour_.counts) {
      answer.prompt_tokens = 12;
      answer.reused_tokens = 2;
      answer.generated_tokens = 5;
    }
    return answer;
  }
  TextScorer* scorer() override { return behaviour_.scores ? &scorer_ : nullptr; }
  std::optional<int64_t> peak_memory() const override { return behaviour_.memory; }

 private:
  std::string method_;
  Behaviour behaviour_;
  std::vector<std::string>* calls_;
  KnownScorer scorer_;
  int call_ = 0;
};

MethodPlan plan(const std::string& method, const Behaviour& behaviour,
                std::vector<std::string>* calls = nullptr) {
  return {method, [=] { return std::make_unique<KnownRuntime>(method, behaviour, calls); }};
}

MethodPlan missing(const std::string& method) {
  return {method, []() -> std::unique_ptr<LlmRuntime> {
            throw Error(ErrorCode::not_found, "no <server> there; start one");
          }};
}

ComparisonOptions two_prompts() {
  ComparisonOptions options;
  options.prompts = {"p1", "p2"};
  options.runs = 2;
  return options;
}

bool contains(const std::vector<std::string>& texts, const std::string& part) {
  for (const std::string& text : texts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST(CompareRuntimes, RatesAreThoseOfTokensAndOurClock) {
  const LlmComparison comparison = compare_runtimes({plan("llamacpp", {})}, two_prompts());
  const MethodResult& method = comparison.methods.at(0);
  EXPECT_EQ(method.failure, "");
  EXPECT_NEAR(method.latency_mean, 0.14, 1e-12);
  EXPECT_NEAR(method.first_token_p50, 0.1, 1e-12);
  EXPECT_NEAR(method.prefill_per_second->median, 100, 1e-9);  // without the reused tokens
  EXPECT_NEAR(method.decode_per_second->median, 100, 1e-9);   // without the first token
  EXPECT_NEAR(method.tokens_per_second->median, 5 / 0.14, 1e-9);
  EXPECT_FALSE(method.own_decode_per_second);
  EXPECT_EQ(method.prompts[1].seconds.size(), 2U);
  EXPECT_TRUE(method.prompts[1].same_in_all_runs);
}

TEST(CompareRuntimes, AFailedMethodIsARowWithItsReason) {
  Behaviour breaks;
  breaks.fails_at_call = 3;
  const LlmComparison comparison = compare_runtimes(
      {missing("ollama"), plan("llamacpp", {}), plan("openai", breaks)}, two_prompts());
  ASSERT_EQ(comparison.methods.size(), 3U);
  EXPECT_EQ(comparison.methods[0].failure, "no <server> there; start one");
  EXPECT_EQ(comparison.methods[1].failure, "");
  EXPECT_EQ(comparison.methods[2].failure, "the server went away");
  const std::string text = comparison_text(comparison, false);
  EXPECT_NE(text.find("failed: the server went away"), std::string::npos) << text;
  const OrderedJson json = comparison_json(comparison);
  EXPECT_EQ(json.at("methods")[0].at("failure"), "no <server> there; start one");
  EXPECT_TRUE(json.at("methods")[1].at("failure").is_null());
  EXPECT_NE(comparison_html(comparison).find("no &lt;server&gt; there"), std::string::npos);
}

TEST(CompareRuntimes, NoPromptIsInMemoryWhenItIsMeasured) {
  std::vector<std::string> calls;
  ComparisonOptions options = two_prompts();
  options.runs = 1;
  compare_runtimes({plan("llamacpp", {}, &calls)}, options);
  const std::vector<std::string> expected = {"llamacpp:p1", "llamacpp:#", "llamacpp:p1",
                                             "llamacpp:#", "llamacpp:p2"};
  EXPECT_EQ(calls, expected);
}

TEST(CompareRuntimes, InTurnsAlternatesBetweenMethods) {
  std::vector<std::string> calls;
  ComparisonOptions options = two_prompts();
  options.prompts = {"p"};
  options.in_turns = true;
  compare_runtimes({plan("a", {}, &calls), plan("b", {}, &calls)}, options);
  const std::vector<std::string> expected = {"a:p", "b:p", "a:#", "a:p", "b:#",
                                             "b:p", "a:#", "a:p", "b:#", "b:p"};
  EXPECT_EQ(calls, expected);
}

TEST(CompareRuntimes, AgreementIsWithTheReference) {
  Behaviour other;
  other.text = "one two four";
  ComparisonOptions options = two_prompts();
  const auto plans = {missing("huggingface"), plan("llamacpp", {}), plan("ollama", other)};
  LlmComparison comparison = compare_runtimes(plans, options);
  EXPECT_FALSE(comparison.methods[1].agreement);  // the first that was measured is the reference
  ASSERT_TRUE(comparison.methods[2].agreement);
  EXPECT_EQ(comparison.methods[2].agreement->reference, "llamacpp");
  EXPECT_EQ(comparison.methods[2].agreement->identical, 0U);
  EXPECT_NEAR(comparison.methods[2].agreement->common_prefix, 8.0 / 13, 1e-12);
  options.reference = "ollama";
  comparison = compare_runtimes(plans, options);
  EXPECT_EQ(comparison.methods[1].agreement->reference, "ollama");
  options.reference = "openai";
  EXPECT_THROW(compare_runtimes(plans, options), Error);
}

TEST(CompareRuntimes, WithoutCountsThereAreNoRates) {
  Behaviour silent;
  silent.counts = false;
  const LlmComparison comparison = compare_runtimes({plan("openai", silent)}, two_prompts());
  const MethodResult& method = comparison.methods[0];
  EXPECT_FALSE(method.decode_per_second);
  EXPECT_FALSE(method.tokens_per_second);
  EXPECT_NEAR(method.latency_p50, 0.14, 1e-12);
  EXPECT_TRUE(contains(method.notes, "does not say how many tokens"));
  EXPECT_TRUE(comparison_json(comparison).at("methods")[0].at("tokens_per_second").is_null());
}

QualitySet melting() {
  QualitySet set;
  set.name = "melting";
  set.size = 9;
  set.max_tokens = 4;
  QualityItem item;
  item.context = "What melts?";
  item.continuations = {" fire", " ice"};
  item.right = 1;
  item.prompt = "What melts?";
  item.expected = "B";
  set.items = {item, item, item, item};  // with fewer, no difference is clear
  set.items[1].context = std::string(101, 'x');
  return set;
}

TEST(CompareRuntimes, QualityInTheFormsThatARuntimeHas) {
  Behaviour scoring;
  scoring.scores = true;
  Behaviour writing;
  writing.text = " B.";
  ComparisonOptions options = two_prompts();
  options.quality = {melting()};
  options.perplexity_text = "text";
  options.perplexity_name = "a text";
  const LlmComparison comparison =
      compare_runtimes({plan("llamacpp", scoring), plan("ollama", writing)}, options);
  const MethodResult& scored = comparison.methods[0];
  ASSERT_EQ(scored.quality.size(), 2U);
  EXPECT_EQ(scored.quality[0].form, QualityForm::scored);
  EXPECT_EQ(scored.quality[0].accuracy, 0.75);
  EXPECT_EQ(scored.quality[0].too_long, 1U);
  EXPECT_EQ(scored.quality[1].accuracy, 0);  // writes "one two three"
  EXPECT_EQ(scored.perplexity->bits_per_byte, 1.25);
  const MethodResult& written = comparison.methods[1];
  ASSERT_EQ(written.quality.size(), 1U);
  EXPECT_EQ(written.quality[0].form, QualityForm::written);
  EXPECT_EQ(written.quality[0].accuracy, 1);
  EXPECT_FALSE(written.perplexity);
  const std::string text = comparison_text(comparison, false);
  EXPECT_NE(text.find("melting, scored"), std::string::npos) << text;
  EXPECT_TRUE(contains(comparison.findings, "Most accurate at melting (written): ollama"));
}

TEST(Findings, NameTheMargin) {
  Behaviour slow;
  slow.token_seconds = 0.02;
  slow.memory = 250'000'000;
  const LlmComparison comparison =
      compare_runtimes({plan("ollama", slow), plan("llamacpp", {})}, two_prompts());
  EXPECT_TRUE(contains(comparison.findings,
                       "Fastest: llamacpp, 100.0 tokens/s after the first, "
                       "2.00 times ollama (50.0)."));
  EXPECT_TRUE(contains(comparison.findings,
                       "Lightest: llamacpp, 100 MB at the peak; ollama takes 2.50 times as much"));
}

TEST(Findings, EqualSpeedsAreNoFinding) {
  const LlmComparison comparison =
      compare_runtimes({plan("ollama", {}), plan("llamacpp", {})}, two_prompts());
  EXPECT_TRUE(contains(comparison.findings, "no clear difference between ollama and llamacpp"));
}

TEST(Findings, OtherWeightsAreNamed) {
  Behaviour other;
  other.weights = "other file";
  EXPECT_TRUE(contains(
      compare_runtimes({plan("ollama", {}), plan("llamacpp", other)}, two_prompts()).findings,
      "different models"));
  EXPECT_FALSE(
      contains(compare_runtimes({plan("ollama", {}), plan("llamacpp", {})}, two_prompts()).findings,
               "different models"));
}

TEST(Findings, WeightsThatAreNotKnownAreNotCalledOthers) {
  Behaviour unknown;
  unknown.weights = "";
  const auto findings =
      compare_runtimes({plan("llamacpp", {}), plan("openai", unknown)}, two_prompts()).findings;
  EXPECT_FALSE(contains(findings, "different models"));
  EXPECT_TRUE(contains(findings, "Which file openai ran is not known"));
}

TEST(Findings, OneMethodIsNoComparison) {
  EXPECT_TRUE(compare_runtimes({plan("llamacpp", {})}, two_prompts()).findings.empty());
}

TEST(ComparisonOutput, MarkdownIsATable) {
  const std::string text =
      comparison_text(compare_runtimes({plan("llamacpp", {})}, two_prompts()), true);
  EXPECT_TRUE(text.starts_with("| METHOD")) << text;
  EXPECT_NE(text.find("A dash: not measured"), std::string::npos);
}

TEST(CompareRuntimes, NoPromptsIsAnError) {
  EXPECT_THROW(compare_runtimes({plan("llamacpp", {})}, {}), Error);
}

}  // namespace
}  // namespace jnlp
