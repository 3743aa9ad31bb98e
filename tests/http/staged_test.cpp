// Handlers that begin on the I/O thread and leave the rest to a request thread.
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "http/content_coding.h"
#include "http/error_status.h"
#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

using http::Begun;
using http::Later;
using http::Request;
using http::Response;
using http::Rest;

// What the body asks for: "at once", "later", "throw at once", "throw later". The answer's header
// says on which threads it was made.
class Staged : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    router.add_staged("POST", "/staged", [this](const Request& request) -> Begun {
      ++begun;
      const std::thread::id beginner = std::this_thread::get_id();
      if (request.body == "throw at once") throw Error(ErrorCode::invalid_input, "at once");
      if (request.body.starts_with("at once")) return Response::text(request.body);
      return Rest([&request, beginner] {
        if (request.body == "throw later") throw Error(ErrorCode::not_found, "later");
        Response response = Response::text(request.body);
        response.headers.add("x-same", beginner == std::this_thread::get_id() ? "yes" : "no");
        return response;
      });
    });
    options.request_threads = 1;
  }
  RawAnswer ask_for(const std::string& body, const std::string& headers = "") {
    return ask(post("/staged", body, headers));
  }

  std::atomic<int> begun{0};
};

TEST_F(Staged, BothStagesAnswer) {
  start();
  EXPECT_EQ(ask_for("at once").body, "at once");
  const RawAnswer answer = ask_for("later");
  EXPECT_EQ(answer.body, "later");
  EXPECT_EQ(answer.header("x-same"), "no");
  EXPECT_EQ(ask_for("throw at once").status, 400);
  EXPECT_EQ(ask_for("throw later").status, 404);
}

TEST_F(Staged, WhatNeedsNoThreadIsAnsweredWhileAllAreBusy) {
  options.max_queued_requests = 1;
  start();
  RawClient busy = connect();
  busy.send(get("/gate"));
  ASSERT_TRUE(gate.wait_for(1));
  RawClient waiting = connect();
  waiting.send(post("/staged", "later"));
  ASSERT_TRUE(eventually([&] { return server->stats().queued_requests == 1; }));
  EXPECT_EQ(ask_for("at once").status, 200);
  EXPECT_EQ(ask_for("throw at once").status, 400);
  EXPECT_EQ(ask_for("later").status, 503);
  gate.open();
  EXPECT_EQ(waiting.read_answer().body, "later");
}

TEST_F(Staged, NothingIsBegunWhenTheTimeIsOver) {
  start();
  RawClient client = connect();
  const std::string whole = post("/staged", "later", "x-request-timeout-ms: 1\r\n");
  client.send(whole.substr(0, whole.size() - 1));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  client.send(whole.substr(whole.size() - 1));
  EXPECT_EQ(client.read_answer().status, 504);
  EXPECT_EQ(begun, 0);
}

TEST_F(Staged, LargeAndCompressedBodiesAreBegunOnARequestThread) {
  options.max_quick_body_bytes = 100;
  start();
  EXPECT_EQ(ask_for(std::string(100, 'a')).header("x-same"), "no");
  EXPECT_EQ(ask_for(std::string(101, 'a')).header("x-same"), "yes");
  const RawAnswer answer = ask_for(http::compress_gzip("later"), "Content-Encoding: gzip\r\n");
  EXPECT_EQ(answer.body, "later");
  EXPECT_EQ(answer.header("x-same"), "yes");
}

TEST_F(Staged, AnswersAtOnceAreCompressedToo) {
  start();
  const std::string body = "at once " + std::string(5000, 'a');
  EXPECT_EQ(ask_for(body).body, body);
  const RawAnswer answer = ask_for(body, "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(answer.header("content-encoding"), "gzip");
  EXPECT_EQ(http::decompress_gzip(answer.body, 10'000), body);
}

// What is refused while others' work is under way has the I/O thread rest: after some answers, and
// not for long.
TEST_F(Staged, RefusalsOfAnOverloadAreHandledTogether) {
  router.add_staged("POST", "/full", [](const Request&) -> Begun {
    throw http::HttpError(503, ErrorCode::overloaded, "the queue is full");
  });
  start();
  RawClient busy = connect();
  busy.send(get("/gate"));
  ASSERT_TRUE(gate.wait_for(1));
  RawClient client = connect();
  const auto seconds_of = [&client](const std::string& headers) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) {
      client.send(post("/full", "text", headers));
      EXPECT_EQ(client.read_answer().status, 503);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double without_deadline = seconds_of("");
  EXPECT_GE(without_deadline, 9 * 0.002);
  EXPECT_LT(without_deadline, 50);  // an unbounded rest would not end
  EXPECT_GE(seconds_of("x-request-timeout-ms: 100\r\n"), 9 * 0.001);
  gate.open();
}

// Requests whose work a thread of the test does.
class Elsewhere : public ServerTest {
 protected:
  ~Elsewhere() override {
    gate.open();
    for (std::thread& thread : threads) thread.join();
  }
  void SetUp() override {
    router.add_staged("POST", "/elsewhere", [this](const Request& request) -> Begun {
      return Later([&request, this](http::Deliver deliver) {
        if (request.body == "drop") return;
        threads.emplace_back([&request, deliver = std::move(deliver), this]() mutable {
          gate.pass();
          // It must be the last that the thread has of the request.
          std::exchange(deliver, {})([&request] {
            if (request.body == "throw") throw Error(ErrorCode::not_found, "it is not there");
            return Response::text(request.body);
          });
        });
      });
    });
    options.request_threads = 1;
  }

  std::vector<std::thread> threads;  // only the I/O thread adds to them
};

TEST_F(Elsewhere, AnyNumberIsAnsweredWithoutAThread) {
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(connect());
    clients.back().send(post("/elsewhere", std::to_string(i)));
  }
  ASSERT_TRUE(gate.wait_for(20));
  EXPECT_EQ(server->stats().busy_threads, 0U);
  EXPECT_EQ(ask(get("/hello")).body, "hello");
  gate.open();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(clients[i].read_answer().body, std::to_string(i));
}

TEST_F(Elsewhere, FailuresAreAnswered) {
  gate.open();
  start();
  EXPECT_EQ(ask(post("/elsewhere", "throw")).status, 404);
  EXPECT_EQ(ask(post("/elsewhere", "drop")).status, 500);
}

TEST_F(Elsewhere, LargeAnswersAreCompressed) {
  gate.open();
  start();
  const std::string body(5000, 'a');
  const RawAnswer answer = ask(post("/elsewhere", body, "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(answer.header("content-encoding"), "gzip");
  EXPECT_EQ(http::decompress_gzip(answer.body, 10'000), body);
}

TEST_F(Elsewhere, TheDeadlineIsKeptToThePoint) {
  start();
  RawClient client = connect();
  const auto begin = std::chrono::steady_clock::now();
  client.send(post("/elsewhere", "late", "x-request-timeout-ms: 20\r\n"));
  EXPECT_EQ(client.read_answer().status, 504);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(20));
  gate.open();  // what comes now is nobody's
  EXPECT_EQ(ask(get("/hello")).body, "hello");
}

TEST_F(Elsewhere, TheEndOfTheServerWaitsForIt) {
  start();
  RawClient client = connect();
  client.send(post("/elsewhere", "a body"));
  ASSERT_TRUE(gate.wait_for(1));
  std::atomic<bool> is_stopped{false};
  std::thread stopping([&] {
    server->stop();
    is_stopped = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(is_stopped);
  gate.open();
  stopping.join();
}

// A request thread may wait for what is done elsewhere, as those who ask the same do.
TEST_F(Elsewhere, TheEndOfTheServerFreesWhoWaitsForIt) {
  std::promise<void> landed;
  router.add_staged("POST", "/leader", [&](const Request&) -> Begun {
    return Later([&](http::Deliver deliver) {
      threads.emplace_back([&, deliver = std::move(deliver)]() mutable {
        gate.pass();
        std::exchange(deliver, {})([&] {
          landed.set_value();
          return Response::text("led");
        });
      });
    });
  });
  router.add_staged("POST", "/follower", [&](const Request&) -> Begun {
    return Rest([&] {
      landed.get_future().wait();
      return Response::text("followed");
    });
  });
  start();
  RawClient leader = connect();
  leader.send(post("/leader", "a"));
  ASSERT_TRUE(gate.wait_for(1));
  RawClient follower = connect();
  follower.send(post("/follower", "a"));
  ASSERT_TRUE(eventually([&] { return server->stats().busy_threads == 1; }));
  EXPECT_EQ(server->stats().elsewhere, 1U);
  std::thread opening([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    gate.open();
  });
  server->drain(std::chrono::milliseconds(1));
  opening.join();
}

}  // namespace
}  // namespace jnlp::test
