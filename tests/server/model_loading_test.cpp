#include "server/model_loading.h"

#include <gtest/gtest.h>

#include <future>

#include "base/error.h"
#include "http/error_status.h"
#include "server/model_slot.h"

namespace jnlp {
namespace {

using State = ModelLoading::State;

// A slot whose "models" are their names; "bad" cannot be loaded.
struct Slot {
  ModelSlot<const std::string> slot{"sentiment"};
  std::function<void()> before_load = [] {};

  ModelToLoad task(std::string model, bool required = false) {
    return {"sentiment", std::move(model), required,
            [this](const std::string& name) {
              before_load();
              if (name == "bad") throw Error(ErrorCode::io, "cannot read bad");
              slot.set(std::make_shared<const std::string>(name));
            },
            [this](const std::string& reason) { slot.set_missing(reason); }};
  }
  std::string served() const {
    const auto found = slot.find();
    return found == nullptr ? "" : *found;
  }
};

void wait_until_done(const ModelLoading& loading) {
  while (!loading.done()) std::this_thread::yield();
}

// The Turn of start() ends just behind done().
ModelLoading::Status change_when_free(ModelLoading& loading, const std::string& model) {
  for (;;) {
    try {
      return loading.change("sentiment", model);
    } catch (const http::HttpError& error) {
      if (error.status() != 409) throw;
      std::this_thread::yield();
    }
  }
}

int status_of(ModelLoading& loading, const std::string& task, const std::string& model,
              std::string* message = nullptr) {
  try {
    loading.change(task, model);
    return 200;
  } catch (const http::HttpError& error) {
    if (message != nullptr) *message = error.what();
    return error.status();
  }
}

TEST(ModelLoading, ChangesAModel) {
  Slot slot;
  ModelLoading loading({slot.task("first")});
  loading.start();
  wait_until_done(loading);
  EXPECT_EQ(slot.served(), "first");
  const auto old = slot.slot.get();
  EXPECT_EQ(change_when_free(loading, "second").model, "second");
  EXPECT_EQ(slot.served(), "second");
  EXPECT_EQ(*old, "first");  // whoever had it still has it
  EXPECT_EQ(loading.statuses().front().state, State::ready);
}

TEST(ModelLoading, TheOldModelIsFreedWithItsLastRequest) {
  Slot slot;
  ModelLoading loading({slot.task("first")});
  loading.start();
  wait_until_done(loading);
  auto request = slot.slot.get();
  const std::weak_ptr<const std::string> old = request;
  change_when_free(loading, "second");
  EXPECT_FALSE(old.expired());
  request.reset();
  EXPECT_TRUE(old.expired());
}

TEST(ModelLoading, AFailureKeepsTheOldModelAndSaysWhy) {
  Slot slot;
  ModelLoading loading({slot.task("first")});
  loading.start();
  wait_until_done(loading);
  change_when_free(loading, "second");
  std::string message;
  EXPECT_EQ(status_of(loading, "sentiment", "bad", &message), 422);
  EXPECT_NE(message.find("cannot read bad"), std::string::npos) << message;
  EXPECT_EQ(slot.served(), "second");
  const ModelLoading::Status status = loading.statuses().front();
  EXPECT_EQ(status.state, State::ready);
  EXPECT_EQ(status.model, "second");
  EXPECT_NE(status.failed.find("cannot read bad"), std::string::npos);
  EXPECT_EQ(status.next, "");
  EXPECT_EQ(change_when_free(loading, "third").failed, "");
}

TEST(ModelLoading, UnloadsAndLoadsAgain) {
  Slot slot;
  ModelLoading loading({slot.task("first")});
  loading.start();
  wait_until_done(loading);
  EXPECT_EQ(change_when_free(loading, kNoModel).state, State::missing);
  EXPECT_EQ(slot.served(), "");
  try {
    slot.slot.get();
    FAIL();
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), 501);
  }
  change_when_free(loading, "second");
  EXPECT_EQ(*slot.slot.get(), "second");
}

TEST(ModelLoading, OneAtATime) {
  Slot slot;
  std::promise<void> started, go_on;
  ModelLoading loading({slot.task(kNoModel)});
  EXPECT_EQ(status_of(loading, "sentiment", "early"), 409);  // it is about to begin
  loading.start();
  wait_until_done(loading);
  change_when_free(loading, "first");
  slot.before_load = [&] {
    started.set_value();
    go_on.get_future().wait();
  };
  std::thread slow([&] { loading.change("sentiment", "slow"); });
  started.get_future().wait();
  EXPECT_EQ(status_of(loading, "sentiment", "other"), 409);
  EXPECT_EQ(status_of(loading, "sentiment", kNoModel), 409);
  EXPECT_EQ(loading.statuses().front().next, "slow");
  EXPECT_EQ(loading.statuses().front().state, State::ready);
  EXPECT_EQ(slot.served(), "first");
  go_on.set_value();
  slow.join();
  EXPECT_EQ(slot.served(), "slow");
}

TEST(ModelLoading, AnUnknownTaskIsSaid) {
  Slot slot;
  ModelLoading loading({slot.task(kNoModel)});
  std::string message;
  EXPECT_EQ(status_of(loading, "poetry", "x", &message), 422);
  EXPECT_NE(message.find("sentiment"), std::string::npos) << message;
}

TEST(ModelLoading, ARequiredModelThatFailsIsAFailureAnotherIsNot) {
  for (const bool required : {true, false}) {
    Slot slot;
    ModelLoading loading({slot.task("bad", required)});
    loading.start();
    wait_until_done(loading);
    EXPECT_EQ(loading.failure() != nullptr, required);
    EXPECT_EQ(loading.statuses().front().state, State::missing);
  }
}

TEST(ModelLoading, MayEndBeforeItBegan) {
  Slot slot;
  const ModelLoading loading({slot.task("first")});
  EXPECT_EQ(loading.statuses().front().state, State::waiting);
}

}  // namespace
}  // namespace jnlp
