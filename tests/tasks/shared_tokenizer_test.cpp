// A tokenizer promises that several threads may use it at once. ThreadSanitizer watches this test.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "golden_model.h"
#include "support/paths.h"
#include "tokenize/tokenizer.h"

namespace jnlp {
namespace {

TEST(SharedTokenizer, GivesSeveralThreadsTheSameTokens) {
  for (const char* name : {"ner_wordpiece", "ner_bpe"}) {
    const auto tokenizer =
        Tokenizer::from_directory(test::test_file(std::string("golden/tasks/") + name));
    std::vector<std::string> texts;
    std::vector<std::vector<int32_t>> expected;
    for (size_t words = 0; words < 40; ++words) {
      texts.push_back(test::long_text(words) + "caf\u00e9 \u6771\u4eac");
      expected.push_back(tokenizer.encode(texts.back()).ids);
    }
    std::vector<int> wrong(4);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < texts.size(); ++i) {
          const size_t at = (i + t * 7) % texts.size();
          if (tokenizer.encode(texts[at]).ids != expected[at]) ++wrong[t];
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(wrong.size())) << name;
  }
}

}  // namespace
}  // namespace jnlp
