#include "backends/llama/sampler.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "backends/llama/load.h"
#include "backends/llama/session.h"
#include "chat_model.h"

namespace jnlp {
namespace {

TEST(GreatestIndex, IsTheFirstOfEqualsAtEverySize) {
  for (size_t size = 1; size <= 70; ++size) {
    for (size_t place = 0; place < size; ++place) {
      std::vector<float> values(size, -3);
      values[place] = -1;
      values.back() = -1;
      EXPECT_EQ(greatest_index(values), place) << size;
    }
  }
}

TEST(GreatestIndex, IsNeverNan) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> values(40, kNan);
  EXPECT_EQ(greatest_index(values), 0U);
  values[39] = -5;
  EXPECT_EQ(greatest_index(values), 39U);
  values[17] = 2;
  EXPECT_EQ(greatest_index(values), 17U);
}

TEST(Sampler, HasNoChainOnlyWhereTheLikeliestTokenIsTakenAsItIs) {
  if (!test::chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
  const LoadedLlama loaded = load_llama_model(*test::chat_model(), {.threads = 1});
  const llama_vocab* vocab = loaded.model->vocab();
  EXPECT_EQ(make_llama_sampler(vocab, {}, {}), nullptr);
  GenerateOptions options;
  options.temperature = 0.5F;
  EXPECT_NE(make_llama_sampler(vocab, options, {}), nullptr);
  options = {};
  options.repeat_penalty = 1.1F;
  EXPECT_NE(make_llama_sampler(vocab, options, {}), nullptr);
  options = {};
  options.grammar = "root ::= [a-z]+";
  EXPECT_NE(make_llama_sampler(vocab, options, {}), nullptr);
  options = {};
  options.json_schema = R"({"type": "string"})";
  EXPECT_NE(make_llama_sampler(vocab, options, {}), nullptr);
}

TEST(Sampler, TakesTheTokenThatLlamaCppsGreedyChainTakes) {
  if (!test::chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
  const LoadedLlama loaded = load_llama_model(*test::chat_model(), {.threads = 1});
  LlamaSession session(loaded.model, 256, 1);
  const LlamaSamplerHandle greedy(llama_sampler_init_greedy());
  std::vector<llama_token> next = loaded.model->tokenize("The three largest cities are");
  for (int i = 0; i < 24; ++i) {
    ASSERT_TRUE(session.read(next, {}));
    next = {session.sample(nullptr)};
    EXPECT_EQ(next[0], session.sample(greedy.get())) << i;
  }
}

}  // namespace
}  // namespace jnlp
