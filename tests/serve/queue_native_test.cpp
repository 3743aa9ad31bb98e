#include <gtest/gtest.h>

#include <functional>

#include "../tasks/golden_model.h"
#include "base/error.h"
#include "fake_backend.h"
#include "serve/task_pool.h"
#include "tasks/embedder.h"
#include "tasks/question_answerer.h"
#include "tasks/text_classifier.h"
#include "tasks/token_classifier.h"

namespace jnlp {
namespace {

constexpr int kThreads = 16;

std::vector<std::string> texts_for(size_t count) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) texts.push_back(test::long_text(1 + i * 5 % 17));
  return texts;
}

// Runs each text alone in the model, then all texts by 16 threads through the queue: `use` turns a
// result into numbers, which must be the same to the last bit.
template <typename Task, typename Run>
void expect_same_bits(const std::string& name, std::optional<Head> head, Run run) {
  const std::vector<std::string> texts = texts_for(24);
  Task alone(test::golden_model(name, head));
  std::vector<std::vector<float>> expected;
  for (const std::string& text : texts) expected.push_back(run(alone, text));

  LoadedModel model = test::golden_model(name, head);
  const auto queue =
      std::make_shared<BatchQueue>(model.backend, QueueOptions{.limits = {.max_sequences = 5}});
  TaskPool<Task> pool(model, queue);
  test::Callers callers;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    callers.start([&, thread] {
      for (size_t i = 0; i < texts.size(); ++i) {
        const size_t text = (i + thread) % texts.size();
        auto task = pool.take({.client = thread % 3});
        ASSERT_EQ(run(*task, texts[text]), expected[text]) << name << ": " << texts[text];
      }
    });
  }
}

TEST(QueuedTasks, GiveTheSameBitsAsAlone) {
  expect_same_bits<TextClassifier>("classify_softmax", std::nullopt,
                                   [](TextClassifier& task, const std::string& text) {
                                     std::vector<float> scores;
                                     const auto results = task.run(std::vector{text}, {.top_k = 0});
                                     for (const auto& label : results[0].labels) {
                                       scores.push_back(label.score);
                                     }
                                     return scores;
                                   });
  expect_same_bits<Embedder>("classify_softmax", Head::embedding,
                             [](Embedder& task, const std::string& text) {
                               return task.run(std::vector{text})[0].values;
                             });
}

TEST(QueuedTasks, GiveTheSameBitsPerToken) {
  expect_same_bits<TokenClassifier>(
      "ner_wordpiece", std::nullopt, [](TokenClassifier& task, const std::string& text) {
        std::vector<float> scores;
        const TagOptions options{.aggregation = Aggregation::none, .ignore_labels = {}};
        const auto results = task.run(std::vector{text}, options);
        for (const auto& entity : results[0].entities) {
          scores.push_back(entity.score);
        }
        return scores;
      });
  expect_same_bits<QuestionAnswerer>(
      "qa", std::nullopt, [](QuestionAnswerer& task, const std::string& text) {
        const QuestionContext input{"Who lives in Porto?", text};
        std::vector<float> scores;
        const auto results = task.run(std::span(&input, 1), {.top_k = 5});
        for (const auto& answer : results[0].answers) {
          scores.insert(scores.end(), {answer.score, static_cast<float>(answer.span.begin)});
        }
        return scores;
      });
}

TEST(TaskPool, RunsWithTheContextOfItsLease) {
  LoadedModel model = test::golden_model("classify_softmax");
  const auto queue = std::make_shared<BatchQueue>(model.backend);
  TaskPool<TextClassifier> pool(model, queue);
  const std::vector<std::string> texts = {"a text"};
  const std::atomic<bool> cancelled = true;
  EXPECT_THROW(pool.take({.cancelled = &cancelled})->run(texts), Error);
  EXPECT_EQ(pool.take({})->run(texts).size(), 1U);  // the same instance, without the flag
}

TEST(TaskPool, RefusesAModelOfAnotherTask) {
  LoadedModel model = test::golden_model("classify_softmax");
  const auto queue = std::make_shared<BatchQueue>(model.backend);
  EXPECT_THROW(TaskPool<QuestionAnswerer>(model, queue), Error);
}

}  // namespace
}  // namespace jnlp
