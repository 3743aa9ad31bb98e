// Many, slow, idle and vanishing clients; full queues; deadlines.
#include <sys/resource.h>

#include <cstdlib>

#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Response;

class Connections : public ServerTest {};

// JNLP_IDLE_CONNECTIONS sets another number, where the limit of open files allows it.
TEST_F(Connections, ThousandsOfIdleOnesAreHeld) {
  const char* wanted = std::getenv("JNLP_IDLE_CONNECTIONS");
  const size_t count = wanted != nullptr ? std::stoul(wanted) : 2'000;
  start();
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2 * count + 100) {
    GTEST_SKIP() << "only " << limit.rlim_cur << " open files are allowed";
  }
  std::vector<RawClient> clients;
  clients.reserve(count);
  for (size_t i = 0; i < count; ++i) clients.push_back(connect());
  ASSERT_TRUE(eventually([&] { return server->stats().connections == count; }));
  EXPECT_EQ(ask(get("/hello")).body, "hello");
  for (size_t i = 0; i < count; i += 97) {
    clients[i].send(get("/hello"));
    EXPECT_EQ(clients[i].read_answer().body, "hello");
  }
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 0; }));
}

TEST_F(Connections, BeyondTheLimitAreTurnedAway) {
  options.max_connections = 3;
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(connect());
  ASSERT_TRUE(eventually([&] { return server->stats().connections == 3; }));
  RawClient fourth = connect();
  EXPECT_EQ(fourth.read_answer().status, 503);
  EXPECT_TRUE(fourth.is_closed_within(kLong));
  clients.pop_back();
  ASSERT_TRUE(eventually([&] { return server->stats().connections == 2; }));
  EXPECT_EQ(ask(get("/hello")).body, "hello");
}

TEST_F(Connections, SlowHeadsAreEnded) {
  options.header_timeout = 200ms;
  start();
  RawClient client = connect();
  client.send("GET /hello HT");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.is_closed_within(kLong));
  // One byte now and then does not help.
  RawClient dripping = connect();
  dripping.send("GET /hello HTTP/1.1\r\nX-A: ");
  int sent = 0;
  while (sent < 5'000 && dripping.send("a")) {
    ++sent;
    std::this_thread::sleep_for(5ms);
    if (server->stats().connections == 0) break;
  }
  EXPECT_LT(sent, 5'000);
}

TEST_F(Connections, SlowBodiesAreEnded) {
  options.body_timeout = 200ms;
  start();
  RawClient client = connect();
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhel");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.is_closed_within(kLong));
}

TEST_F(Connections, IdleOnesAreClosed) {
  options.idle_timeout = 200ms;
  start();
  RawClient silent = connect();
  RawClient client = connect();
  client.send(get("/hello"));
  EXPECT_EQ(client.read_answer().body, "hello");
  EXPECT_TRUE(client.is_closed_within(kLong));
  EXPECT_TRUE(silent.is_closed_within(kLong));
}

TEST_F(Connections, ClientThatReadsNothingIsCut) {
  options.write_timeout = 200ms;
  router.add("GET", "/large",
             [](const Request&) { return Response::text(std::string(50'000'000, 'a')); });
  start();
  RawClient client = connect();
  client.send(get("/large"));
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 1; }));
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 0; }));
}

TEST_F(Connections, LargeAnswerArrivesWhole) {
  std::string text(20'000'000, '\0');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 % 253);
  router.add("GET", "/large", [&](const Request&) { return Response::of_type("a/b", text); });
  start();
  EXPECT_TRUE(ask(get("/large")).body == text);
}

TEST_F(Connections, FullQueueIsSaidAndTheConnectionKept) {
  options.request_threads = 2;
  options.max_queued_requests = 2;
  start();
  std::vector<RawClient> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(connect());
    waiting.back().send(get("/gate"));
    ASSERT_TRUE(eventually([&] {
      const auto stats = server->stats();
      return stats.busy_threads + stats.queued_requests == static_cast<size_t>(i) + 1;
    }));
  }
  RawClient refused = connect();
  refused.send(post("/echo", "a body"));
  const RawAnswer answer = refused.read_answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "1");
  EXPECT_EQ(answer.header("connection"), "");
  refused.send(get("/quick"));
  EXPECT_EQ(refused.read_answer().body, "quick");  // quick handlers need no thread
  gate.open();
  for (RawClient& client : waiting) EXPECT_EQ(client.read_answer().body, "passed");
  refused.send(post("/echo", "a body"));
  EXPECT_EQ(refused.read_answer().body, "a body");
}

TEST_F(Connections, TooManyBodyBytesTogether) {
  options.max_total_body_bytes = 100'000;
  router.add("POST", "/hold", [this](const Request&) {
    gate.pass();
    return Response::text("held");
  });
  start();
  RawClient first = connect();
  first.send(post("/hold", std::string(80'000, 'a')));
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(ask(post("/echo", std::string(80'000, 'a'))).status, 503);
  EXPECT_EQ(ask(post("/echo", "small")).body, "small");
  gate.open();
  EXPECT_EQ(first.read_answer().body, "held");
  ASSERT_TRUE(eventually([&] { return server->stats().body_bytes == 0; }));
  EXPECT_EQ(ask(post("/echo", std::string(80'000, 'a'))).status, 200);
}

TEST_F(Connections, GoneClientCancelsItsRequest) {
  std::atomic<int> cancelled{0};
  router.add("GET", "/watch", [&](const Request& request) {
    gate.pass();
    if (eventually([&] { return request.cancelled(); })) ++cancelled;
    return Response::text("nobody reads this");
  });
  start();
  RawClient closing = connect();
  RawClient resetting = connect();
  closing.send(get("/watch"));
  resetting.send(get("/watch"));
  ASSERT_TRUE(gate.wait_for(2));
  gate.open();
  EXPECT_EQ(cancelled, 0);
  { const RawClient gone = std::move(closing); }
  resetting.reset();
  EXPECT_TRUE(eventually([&] { return cancelled == 2; }));
}

TEST_F(Connections, AbandonedRequestIsNeverComputed) {
  options.request_threads = 1;
  std::atomic<int> computed{0};
  router.add("GET", "/count", [&](const Request&) {
    ++computed;
    return Response::text("");
  });
  start();
  RawClient first = connect();
  first.send(get("/gate"));
  ASSERT_TRUE(gate.wait_for(1));
  RawClient leaving = connect();
  leaving.send(get("/count"));
  ASSERT_TRUE(eventually([&] { return server->stats().queued_requests == 1; }));
  leaving.reset();
  ASSERT_TRUE(eventually([&] { return server->stats().connections == 1; }));
  RawClient late = connect();
  late.send(get("/count", "x-request-timeout-ms: 50\r\n"));
  EXPECT_EQ(late.read_answer().status, 504);
  gate.open();
  EXPECT_EQ(first.read_answer().body, "passed");
  EXPECT_EQ(ask(get("/count")).status, 200);
  EXPECT_EQ(computed, 1);
}

TEST_F(Connections, DeadlineIsKeptThoughTheHandlerIsNotDone) {
  start();
  RawClient client = connect();
  client.send(get("/gate", "x-request-timeout-ms: 100\r\n"));
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 504);
  client.send(get("/quick", "x-request-timeout-ms: none\r\n"));
  EXPECT_EQ(client.read_answer().body, "quick");
  gate.open();  // what the handler says now goes nowhere
  client.send(get("/hello", "x-request-timeout-ms: 60000\r\n"));
  EXPECT_EQ(client.read_answer().body, "hello");
}

TEST_F(Connections, ProbePortServesQuickHandlersOnly) {
  options.probe_port = 0;
  options.request_threads = 1;
  options.max_connections = 1;
  start();
  RawClient blocked = connect();
  blocked.send(get("/gate"));
  ASSERT_TRUE(gate.wait_for(1));
  RawClient probe(server->probe_port());
  probe.send(get("/quick"));
  EXPECT_EQ(probe.read_answer().body, "quick");
  probe.send(get("/hello"));
  EXPECT_EQ(probe.read_answer().status, 404);
  gate.open();
  EXPECT_EQ(blocked.read_answer().body, "passed");
}

}  // namespace
}  // namespace jnlp::test
