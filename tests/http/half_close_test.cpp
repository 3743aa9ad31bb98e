// Clients that close their half of a connection and read on, beside those that have gone: the end
// of what they send looks the same.
#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Response;

class HalfClose : public ServerTest {
 protected:
  // Says whether its client has gone once the gate is open.
  void add_watch() {
    router.add("GET", "/watch", [this](const Request& request) {
      gate.pass();
      if (eventually([&] { return request.cancelled(); })) ++cancelled;
      return Response::text("nobody reads this");
    });
    router.add("GET", "/count", [this](const Request&) {
      ++computed;
      return Response::text("");
    });
  }

  std::atomic<int> cancelled{0};
  std::atomic<int> computed{0};
};

TEST_F(HalfClose, AllThatWasPipelinedIsAnswered) {
  start();
  RawClient client = connect();
  client.send(get("/gate") + post("/echo", "a body") + get("/quick") + get("/hello"));
  client.close_sending();
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(client.read_answer().status, 100);  // so the server has seen the end
  gate.open();
  EXPECT_EQ(client.read_answer().body, "passed");
  EXPECT_EQ(client.read_answer().body, "a body");
  EXPECT_EQ(client.read_answer().body, "quick");
  EXPECT_EQ(client.read_answer().body, "hello");
  EXPECT_TRUE(client.is_closed_within(kLong));
}

TEST_F(HalfClose, IsNotTakenForGone) {
  std::atomic<bool> was_cancelled{true};
  router.add("GET", "/ask", [&](const Request& request) {
    gate.pass();
    was_cancelled = request.cancelled();
    return Response::text("still here");
  });
  start();
  RawClient client = connect();
  client.send(get("/ask"));
  client.close_sending();
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(client.read_answer().status, 100);
  gate.open();
  EXPECT_EQ(client.read_answer().body, "still here");
  EXPECT_FALSE(was_cancelled);
}

TEST_F(HalfClose, HalfARequestBehindItIsDropped) {
  start();
  RawClient client = connect();
  client.send(get("/gate") + "GET /hel");
  client.close_sending();
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(client.read_answer().status, 100);
  gate.open();
  EXPECT_EQ(client.read_answer().body, "passed");
  EXPECT_TRUE(client.is_closed_within(kLong));
}

TEST_F(HalfClose, LastAnswerThatClosesEndsTheConnection) {
  start();
  RawClient client = connect();
  client.send(get("/gate", "Connection: close\r\n"));
  client.close_sending();
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(client.read_answer().status, 100);
  gate.open();
  EXPECT_EQ(client.read_answer().body, "passed");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HalfClose, OneWhoClosedTheWholeConnectionHasGone) {
  add_watch();
  start();
  {
    RawClient closing = connect();
    closing.send(get("/watch") + get("/count"));
    ASSERT_TRUE(gate.wait_for(1));
  }
  gate.open();
  EXPECT_TRUE(eventually([&] { return cancelled == 1; }));
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 0; }));
  EXPECT_EQ(computed, 0);
}

TEST_F(HalfClose, OneWhoGoesAfterHalfClosingHasGone) {
  add_watch();
  start();
  RawClient client = connect();
  client.send(get("/watch") + get("/count"));
  client.close_sending();
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(client.read_answer().status, 100);
  gate.open();
  EXPECT_EQ(cancelled, 0);
  client.reset();
  EXPECT_TRUE(eventually([&] { return cancelled == 1; }));
  EXPECT_EQ(computed, 0);
}

// Interim answers are not for them, so nothing can be found out.
TEST_F(HalfClose, OfHttp10IsTakenForGone) {
  add_watch();
  start();
  RawClient client = connect();
  client.send("GET /watch HTTP/1.0\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(gate.wait_for(1));
  client.close_sending();
  gate.open();
  EXPECT_TRUE(eventually([&] { return cancelled == 1; }));
  EXPECT_EQ(client.read_answer().body, "nobody reads this");
}

}  // namespace
}  // namespace jnlp::test
