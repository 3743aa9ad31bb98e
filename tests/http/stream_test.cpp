// Answers in pieces.
#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

using http::Request;
using http::Response;
using http::ResponseStream;

class Stream : public ServerTest {};

TEST_F(Stream, PiecesLeaveAtOnce) {
  router.add("GET", "/events", [this](const Request&) {
    return Response::streamed("text/event-stream", [this](ResponseStream& stream) {
      stream.write("data: 1\n\n");
      gate.pass();
      stream.write("data: 2\n\n");
    });
  });
  start();
  RawClient client = connect();
  client.send(get("/events", "Accept-Encoding: gzip\r\n") + get("/quick"));
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_NE(head.find("transfer-encoding: chunked"), std::string::npos);
  EXPECT_NE(head.find("content-type: text/event-stream"), std::string::npos);
  // The second piece has not been written.
  EXPECT_EQ(client.read_until("1\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  gate.open();
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "quick");
}

TEST_F(Stream, Http10GetsPlainBytes) {
  router.add("GET", "/events", [](const Request&) {
    return Response::streamed("text/plain", [](ResponseStream& stream) {
      stream.write("one");
      stream.write("two");
    });
  });
  start();
  RawClient client = connect();
  client.send("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n").find("chunked"), std::string::npos);
  EXPECT_EQ(client.read_to_end(), "onetwo");
  RawClient head = connect();
  head.send("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n" + get("/quick"));
  EXPECT_EQ(head.read_answer(true).status, 200);
  EXPECT_EQ(head.read_answer().body, "quick");
}

TEST_F(Stream, HeadDoesNotWaitForAnEndlessStream) {
  router.add("GET", "/endless", [](const Request&) {
    return Response::streamed("text/plain", [](ResponseStream& stream) {
      while (stream.write("x")) {
      }
    });
  });
  start();
  RawClient client = connect();
  client.send("HEAD /endless HTTP/1.1\r\nHost: x\r\n\r\n" + get("/quick"));
  EXPECT_EQ(client.read_answer(true).status, 200);
  EXPECT_EQ(client.read_answer().body, "quick");
}

TEST_F(Stream, SlowReaderSlowsTheWriterDown) {
  constexpr int kPieces = 2'000;
  std::atomic<int> written{0};
  options.stream_buffer_bytes = 100'000;
  router.add("GET", "/much", [&](const Request&) {
    return Response::streamed("a/b", [&](ResponseStream& stream) {
      const std::string piece(50'000, 'x');
      for (int i = 0; i < kPieces && stream.write(piece); ++i) ++written;
    });
  });
  start();
  RawClient client = connect();
  client.send(get("/much"));
  // The system's own buffers take some megabytes, not a hundred.
  int before = -1;
  EXPECT_TRUE(eventually([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return std::exchange(before, written.load()) == written;
  }));
  EXPECT_LT(written, kPieces);
  EXPECT_EQ(client.read_answer().body.size(), kPieces * size_t{50'000});
  EXPECT_EQ(written, kPieces);
}

TEST_F(Stream, WriterIsToldWhenTheClientGoes) {
  std::atomic<bool> was_told{false};
  router.add("GET", "/endless", [&](const Request&) {
    return Response::streamed("text/event-stream", [&](ResponseStream& stream) {
      while (stream.write("data: x\n\n")) {
      }
      was_told = stream.gone();
    });
  });
  start();
  for (const bool is_reset : {false, true}) {
    was_told = false;
    RawClient client = connect();
    client.send(get("/endless"));
    client.read_until("data: x");
    if (is_reset) {
      client.reset();
    } else {
      const RawClient gone = std::move(client);
    }
    EXPECT_TRUE(eventually([&] { return was_told.load(); }));
  }
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 0; }));
}

TEST_F(Stream, FaultWithinCutsTheConnection) {
  std::mutex mutex;
  std::string fault;
  options.on_access = [&](const http::AccessRecord& record) {
    const std::lock_guard lock(mutex);
    fault = record.fault;
  };
  router.add("GET", "/broken", [](const Request&) {
    return Response::streamed("a/b", [](ResponseStream& stream) {
      stream.write("half");
      throw std::runtime_error("broke");
    });
  });
  start();
  RawClient client = connect();
  client.send(get("/broken"));
  const std::string all = client.read_to_end();
  EXPECT_TRUE(all.ends_with("4\r\nhalf\r\n")) << all;  // no last chunk: known as incomplete
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return fault == "broke";
  }));
}

TEST_F(Stream, FromAThreadOfItsOwn) {
  std::thread writer;
  router.add_async("GET", "/tokens",
                   [&](const std::shared_ptr<const Request>&, http::Responder responder) {
                     auto stream = std::make_shared<ResponseStream>(
                         responder.stream(Response::of_type("text/event-stream", "")));
                     writer = std::thread([stream, this] {
                       gate.pass();
                       for (int i = 0; i < 1000; ++i) stream->write(std::to_string(i) + ",");
                       stream->finish();
                     });
                   });
  options.request_threads = 1;
  start();
  RawClient client = connect();
  client.send(get("/tokens"));
  ASSERT_TRUE(gate.wait_for(1));
  EXPECT_EQ(ask(get("/hello")).body, "hello");
  gate.open();
  std::string wanted;
  for (int i = 0; i < 1000; ++i) wanted += std::to_string(i) + ",";
  EXPECT_EQ(client.read_answer().body, wanted);
  writer.join();
}

TEST_F(Stream, OutlivesTheServer) {
  std::shared_ptr<ResponseStream> stream;
  std::shared_ptr<http::Responder> waiting;
  router.add_async(
      "GET", "/stream", [&](const std::shared_ptr<const Request>&, http::Responder responder) {
        stream = std::make_shared<ResponseStream>(responder.stream(Response::text("")));
        stream->write("a");
      });
  router.add_async("GET", "/wait",
                   [&](const std::shared_ptr<const Request>&, http::Responder responder) {
                     waiting = std::make_shared<http::Responder>(std::move(responder));
                   });
  options.request_threads = 1;
  start();
  RawClient first = connect();
  first.send(get("/wait"));
  RawClient second = connect();
  second.send(get("/stream"));
  second.read_until("1\r\na\r\n");
  ASSERT_TRUE(eventually([&] { return server->stats().busy_threads == 0; }));
  server.reset();
  EXPECT_FALSE(stream->write("b"));
  EXPECT_TRUE(stream->gone());
  waiting->send(Response::text("late"));
  EXPECT_EQ(first.read_answer().status, 0);
}

}  // namespace
}  // namespace jnlp::test
