#include "serve/shared_encoders.h"

#include <gtest/gtest.h>

#include "../tasks/golden_model.h"
#include "base/error.h"
#include "fake_backend.h"
#include "tasks/embedder.h"

namespace jnlp {
namespace {

class Shared : public testing::Test {
 protected:
  LoadedModel get(const std::string& key) {
    return encoders_.get(key, [this] {
      ++loads_;
      return test::golden_model("embed", Head::embedding);
    });
  }

  SharedEncoders encoders_;
  int loads_ = 0;
};

TEST_F(Shared, IsLoadedOnceWhileItIsUsed) {
  LoadedModel first = get("a");
  const LoadedModel second = get("a");
  EXPECT_EQ(loads_, 1);
  EXPECT_EQ(first.backend, second.backend);
  EXPECT_EQ(first.tokenizer, second.tokenizer);
  EXPECT_EQ(first.max_length, second.max_length);
  EXPECT_EQ(first.config, second.config);
  EXPECT_NE(get("b").backend, first.backend);
  EXPECT_EQ(loads_, 2);
  first = {};
  EXPECT_EQ(get("a").backend, second.backend);
  EXPECT_EQ(loads_, 2);
}

TEST_F(Shared, IsFreedWithTheLastUser) {
  get("a");
  get("a");
  EXPECT_EQ(loads_, 2);
}

TEST_F(Shared, AFailureIsNotKept) {
  EXPECT_THROW(
      encoders_.get("a", []() -> LoadedModel { throw Error(ErrorCode::not_found, "no file"); }),
      Error);
  EXPECT_NE(get("a").backend, nullptr);
}

TEST_F(Shared, QueuesOfSeveralTasksRunItAtTheSameTime) {
  const std::vector<std::string> texts = {"a text", "another, longer text of some words"};
  const std::vector<Embedding> expected =
      Embedder(test::golden_model("embed", Head::embedding)).run(texts);
  const std::vector<LoadedModel> models = {get("a"), get("a"), get("a")};
  test::Callers callers;
  for (const LoadedModel& model : models) {
    callers.start([&] {
      Embedder embedder(model);
      for (int i = 0; i < 50; ++i) {
        const std::vector<Embedding> results = embedder.run(texts);
        ASSERT_EQ(results[0].values, expected[0].values);
        ASSERT_EQ(results[1].values, expected[1].values);
      }
    });
  }
  callers.join();
}

}  // namespace
}  // namespace jnlp
