// Answers in stages: at once, by a rest, or later without a thread that waits.
#include "server/task_service.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "../serve/fake_backend.h"
#include "../tasks/golden_model.h"
#include "http/error_status.h"
#include "tasks/text_classifier.h"

namespace jnlp {
namespace {

using Service = TaskService<TextClassifier>;

// The rest, which this thread or a later one may run.
http::Rest rest_of(const http::Later& later) {
  const auto delivered = std::make_shared<std::promise<http::Rest>>();
  later([delivered](http::Rest rest) { delivered->set_value(std::move(rest)); });
  return delivered->get_future().get();
}

// The tokenizer of a golden model before a backend of two labels.
LoadedModel model_over(std::shared_ptr<Backend> backend) {
  LoadedModel model = test::golden_model("classify_softmax");
  model.backend = std::move(backend);
  model.config["id2label"] = {{"0", "A"}, {"1", "B"}};
  model.config.erase("num_labels");
  return model;
}

class Staged : public testing::Test {
 protected:
  Staged() {
    service_ = std::make_shared<Service>(ServedFacts{"sentiment", "m", "digest"},
                                         model_over(backend_), ServeOptions{}, cache_, metrics_);
  }
  // Label and score of a text, as the body of an answer.
  http::Begun ask(const http::Request& request, const std::string& text) {
    const auto texts = shared(std::vector<std::string>{text});
    return service_->answer(
        request, "", *texts,
        [texts](const TextClassifier& classifier) {
          return then(classifier.prepare(*texts), [](const std::vector<Classification>& results) {
            return results[0].labels[0].label + " " + std::to_string(results[0].labels[0].score);
          });
        },
        json_response);
  }
  std::string expected(const std::string& text) {
    TextClassifier classifier(model_over(std::make_shared<test::FakeBackend>()));
    const Classification result = classifier.run(std::vector<std::string>{text})[0];
    return result.labels[0].label + " " + std::to_string(result.labels[0].score);
  }

  CachedResults cache_{1'000'000};
  std::shared_ptr<test::FakeBackend> backend_ = std::make_shared<test::FakeBackend>();
  std::shared_ptr<QueueMetrics> metrics_ = std::make_shared<QueueMetrics>();
  std::shared_ptr<Service> service_;
  http::Request request_;
};

TEST_F(Staged, AShortTextIsComputedLaterAndThenKnown) {
  http::Begun begun = ask(request_, "a text");
  ASSERT_TRUE(std::holds_alternative<http::Later>(begun));
  EXPECT_GT(service_->served().admission().queued_ms(), 0);
  EXPECT_EQ(rest_of(std::get<http::Later>(begun))().body, expected("a text"));
  EXPECT_EQ(service_->served().admission().queued_ms(), 0);
  begun = ask(request_, "a text");
  ASSERT_TRUE(std::holds_alternative<http::Response>(begun));
  EXPECT_EQ(std::get<http::Response>(begun).body, expected("a text"));
}

TEST_F(Staged, ALongTextTakesAThread) {
  std::string text = "word";
  for (int i = 0; i < 1000; ++i) text += " word";
  http::Begun begun = ask(request_, text);
  ASSERT_TRUE(std::holds_alternative<http::Rest>(begun));
  EXPECT_EQ(std::get<http::Rest>(begun)().body, expected(text));
}

TEST_F(Staged, TheSameInFlightIsComputedOnce) {
  http::Begun first = ask(request_, "a text");
  http::Begun second = ask(request_, "a text");
  ASSERT_TRUE(std::holds_alternative<http::Rest>(second));
  const size_t before = backend_->computed().size();
  std::thread following(
      [&] { EXPECT_EQ(std::get<http::Rest>(second)().body, expected("a text")); });
  while (cache_.followers() == 0) std::this_thread::yield();
  EXPECT_EQ(rest_of(std::get<http::Later>(first))().body, expected("a text"));
  following.join();
  EXPECT_EQ(backend_->computed().size(), before + 1);
}

TEST_F(Staged, WhoFollowedOneThatIsDroppedComputesItself) {
  std::optional<http::Begun> first = ask(request_, "a text");
  http::Begun second = ask(request_, "a text");
  std::thread following(
      [&] { EXPECT_EQ(std::get<http::Rest>(second)().body, expected("a text")); });
  while (cache_.followers() == 0) std::this_thread::yield();
  first.reset();
  following.join();
  EXPECT_TRUE(std::holds_alternative<http::Later>(ask(request_, "another")));
}

TEST_F(Staged, ARefusalLeavesNothingBehind) {
  http::Request hasty;
  hasty.deadline = WorkContext::Clock::now();
  try {
    ask(hasty, "a text");
    FAIL() << "it was taken";
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), 503);
  }
  EXPECT_EQ(service_->served().admission().queued_ms(), 0);
  EXPECT_TRUE(std::holds_alternative<http::Later>(ask(request_, "a text")));
}

TEST_F(Staged, AFailureIsToldAndNotKept) {
  http::Request left;
  http::Begun begun = ask(left, "a text");
  *left.gone = true;
  const http::Rest rest = rest_of(std::get<http::Later>(begun));
  EXPECT_THROW(rest(), Cancelled);
  begun = {};
  EXPECT_TRUE(std::holds_alternative<http::Later>(ask(request_, "another")));
}

// As when another model takes its place: the queue's own thread must not be the one that frees it.
TEST_F(Staged, TheServiceMayGoWhileItComputes) {
  backend_->hold();
  const size_t before = backend_->batches().size();
  std::promise<http::Rest> delivered;
  {
    const http::Begun begun = ask(request_, "a text");
    std::get<http::Later>(begun)(
        [&delivered](http::Rest rest) { delivered.set_value(std::move(rest)); });
  }
  service_.reset();
  backend_->await_started(before + 1);
  backend_->release();
  http::Rest rest = delivered.get_future().get();
  EXPECT_EQ(rest().body, expected("a text"));
  rest = nullptr;  // frees the service, on this thread
}

}  // namespace
}  // namespace jnlp
