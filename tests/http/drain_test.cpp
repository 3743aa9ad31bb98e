// The end of a server's life.
#include <future>

#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

using namespace std::chrono_literals;

class Drain : public ServerTest {
 protected:
  std::future<bool> drain(std::chrono::milliseconds timeout) {
    return std::async(std::launch::async, [this, timeout] { return server->drain(timeout); });
  }
};

TEST_F(Drain, FinishesWhatRuns) {
  start();
  RawClient idle = connect();
  idle.send(get("/hello"));
  idle.read_answer();
  RawClient running = connect();
  running.send(get("/gate"));
  RawClient sending = connect();
  sending.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  ASSERT_TRUE(gate.wait_for(1));
  ASSERT_TRUE(eventually([&] { return server->stats().body_bytes == 3; }));
  const int port = server->port();
  auto drained = drain(60s);
  EXPECT_TRUE(idle.is_closed_within(50s));
  EXPECT_TRUE(server->is_draining());
  EXPECT_TRUE(eventually([&] { return !RawClient(port).is_connected(); }));
  sending.send("lo");
  EXPECT_EQ(sending.read_answer().body, "hello");
  gate.open();
  const RawAnswer answer = running.read_answer();
  EXPECT_EQ(answer.body, "passed");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(drained.get());
}

// Their clients cannot know that nobody has read them.
TEST_F(Drain, AnswersWhatHasArrivedUnread) {
  router.add_quick("GET", "/block", [this](const http::Request&) {
    gate.pass();
    return http::Response::text("passed");
  });
  start();
  RawClient idle = connect();
  idle.send(get("/hello"));
  idle.read_answer();
  RawClient blocking = connect();
  blocking.send(get("/block"));
  ASSERT_TRUE(gate.wait_for(1));  // from here on the server reads and accepts nothing
  idle.send(get("/hello"));
  RawClient waiting = connect();
  waiting.send(get("/hello"));
  auto drained = drain(60s);
  ASSERT_TRUE(eventually([&] { return server->is_draining(); }));
  std::this_thread::sleep_for(50ms);  // for the test to be able to fail: the order to end is there
  gate.open();
  EXPECT_EQ(blocking.read_answer().body, "passed");
  EXPECT_EQ(idle.read_answer().status, 200);
  const RawAnswer answer = waiting.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(drained.get());
}

TEST_F(Drain, CutsWhatIsNotDoneInTime) {
  std::atomic<bool> was_cancelled{false};
  router.add("GET", "/stubborn", [&](const http::Request& request) {
    gate.pass();
    was_cancelled = eventually([&] { return request.cancelled(); });
    return http::Response::text("late");
  });
  start();
  RawClient client = connect();
  client.send(get("/stubborn"));
  ASSERT_TRUE(gate.wait_for(1));
  gate.open();
  EXPECT_FALSE(server->drain(50ms));
  EXPECT_TRUE(was_cancelled);
  EXPECT_EQ(client.read_answer().status, 0);
}

TEST_F(Drain, ProbesAreAnsweredMeanwhile) {
  options.probe_port = 0;
  router.add_quick("GET", "/readyz", [this](const http::Request&) {
    return http::Response::text("", server->is_draining() ? 503 : 200);
  });
  start();
  RawClient running = connect();
  running.send(get("/gate"));
  ASSERT_TRUE(gate.wait_for(1));
  RawClient probe(server->probe_port());
  probe.send(get("/readyz"));
  EXPECT_EQ(probe.read_answer().status, 200);
  auto drained = drain(60s);
  EXPECT_TRUE(eventually([&] { return server->is_draining(); }));
  RawClient later(server->probe_port());  // draining closes idle connections, such as the first
  later.send(get("/readyz"));
  EXPECT_EQ(later.read_answer().status, 503);
  gate.open();
  EXPECT_EQ(running.read_answer().body, "passed");
  EXPECT_TRUE(drained.get());
}

TEST_F(Drain, StopIsSafeAtAnyTime) {
  http::Server never_started({}, {});
  never_started.stop();
  EXPECT_TRUE(never_started.drain(1s));
  start();
  std::vector<std::thread> clients;
  std::atomic<bool> stop{false};
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!stop) {
        RawClient client = connect();
        while (client.is_connected() && client.send(get("/hello")) &&
               client.read_answer().status == 200) {
        }
      }
    });
  }
  std::this_thread::sleep_for(100ms);
  server->stop();
  server->stop();
  stop = true;
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace jnlp::test
