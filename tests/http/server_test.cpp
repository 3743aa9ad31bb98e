// What a well-meaning client sees.
#include "http/content_coding.h"
#include "http/server_fixture.h"
#include "support/expect_error.h"

namespace jnlp::test {
namespace {

using http::Request;
using http::Response;

class Server : public ServerTest {};

TEST_F(Server, AnswersQuickAndOrdinaryHandlers) {
  start();
  RawClient client = connect();
  for (const char* path : {"/quick", "/hello", "/v2/models/a%2Fb"}) {
    client.send(get(path));
    const RawAnswer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, path == std::string("/v2/models/a%2Fb") ? "a/b" : path + 1);
    EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.header("date").size(), 29U);
    EXPECT_EQ(answer.header("connection"), "");
  }
}

TEST_F(Server, EchoesBodiesOfAllSizes) {
  start();
  RawClient client = connect();
  for (const size_t size : {0, 1, 1000, 65'536, 3'000'000}) {
    std::string body(size, '\0');
    for (size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7 % 251);
    client.send(post("/echo", body, "Content-Type: application/octet-stream\r\n"));
    EXPECT_TRUE(client.read_answer().body == body) << size;
  }
}

TEST_F(Server, UnknownPathAndMethod) {
  start();
  RawClient client = connect();
  client.send(post("/nowhere", "a body that nobody wants"));
  EXPECT_EQ(client.read_answer().status, 404);
  client.send(post("/hello", "a body that nobody wants"));
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("allow"), "OPTIONS, GET, HEAD");
  client.send("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 405);
  client.send(get("/hello"));
  EXPECT_EQ(client.read_answer().body, "hello");
}

TEST_F(Server, HeadHasNoBody) {
  start();
  RawClient client = connect();
  client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + get("/quick"));
  EXPECT_EQ(client.read_answer(true).header("content-length"), "5");
  EXPECT_EQ(client.read_answer().body, "quick");
}

TEST_F(Server, HandlersErrorsBecomeJson) {
  start();
  const std::map<std::string, int> statuses = {
      {"invalid", 400},    {"422", 422},      {"429", 429},         {"not_found", 404},
      {"overloaded", 503}, {"deadline", 504}, {"io", 500},          {"internal", 500},
      {"std", 500},        {"int", 500},      {"unsupported", 501},
  };
  for (const auto& [kind, status] : statuses) {
    const RawAnswer answer = ask(get("/error/" + kind));
    EXPECT_EQ(answer.status, status) << kind;
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << answer.body;
  }
  EXPECT_EQ(ask(get("/error/422")).body,
            "{\"error\":{\"code\":\"invalid_input\",\"message\":\"bad field\"}}");
  EXPECT_EQ(ask(get("/error/429")).header("retry-after"), "7");
  EXPECT_EQ(ask(get("/error/overloaded")).header("retry-after"), "1");
}

TEST_F(Server, OwnerRendersErrors) {
  options.render_error = [](const http::Failure& failure, const Request& request) {
    return Response::text(request.path + " says " + failure.message, 200);
  };
  start();
  const RawAnswer answer = ask(get("/error/not_found"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "/error/not_found says no such model");
}

TEST_F(Server, RequestIdIsKeptOrMade) {
  start();
  EXPECT_EQ(ask(get("/hello", "X-Request-Id: a-1\r\n")).header("x-request-id"), "a-1");
  const std::string made = ask(get("/hello", "X-Request-Id: a b\"<\r\n")).header("x-request-id");
  EXPECT_EQ(made.size(), 16U);
  EXPECT_NE(ask(get("/hello")).header("x-request-id"), made);
}

TEST_F(Server, PipelinedRequestsAreAnsweredInOrder) {
  router.add("GET", "/number/{n}", [](const Request& request) {
    return Response::text(std::string(request.param("n")));
  });
  start();
  RawClient client = connect();
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += i % 3 == 0 ? get("/quick") : get("/number/" + std::to_string(i));
  }
  client.send(all);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client.read_answer().body, i % 3 == 0 ? "quick" : std::to_string(i));
  }
}

TEST_F(Server, Http10ClosesUnlessAsked) {
  start();
  RawClient closing = connect();
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.read_answer().header("connection"), "close");
  EXPECT_EQ(closing.read_to_end(), "");
  RawClient keeping = connect();
  for (int i = 0; i < 2; ++i) {
    keeping.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const RawAnswer answer = keeping.read_answer();
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("connection"), "keep-alive");
  }
}

TEST_F(Server, ConnectionCloseIsHonoured) {
  start();
  RawClient client = connect();
  client.send(get("/hello", "Connection: close\r\n"));
  EXPECT_EQ(client.read_answer().body, "hello");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(Server, ClientThatClosesItsEndStillGetsTheAnswer) {
  start();
  RawClient client = connect();
  client.send(get("/quick"));
  client.close_sending();
  EXPECT_EQ(client.read_answer().body, "quick");
}

TEST_F(Server, ChunkedBodiesAreRead) {
  start();
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n";
  RawClient client = connect();
  client.send(head + "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nX-Late: 1\r\n\r\n" + get("/quick"));
  EXPECT_EQ(client.read_answer().body, "hello!");
  EXPECT_EQ(client.read_answer().body, "quick");
}

TEST_F(Server, ExpectContinue) {
  options.max_body_bytes = 100;
  start();
  RawClient client = connect();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(client.read_answer().body, "hello");
  // A body that will not be taken is not asked for.
  for (const char* head : {"POST /nowhere HTTP/1.1\r\nContent-Length: 5\r\n",
                           "POST /echo HTTP/1.1\r\nContent-Length: 500\r\n"}) {
    const RawAnswer answer = ask(std::string(head) + "Host: x\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_GE(answer.status, 400);
    EXPECT_EQ(answer.header("connection"), "close");
  }
}

TEST_F(Server, GzipBodiesAreDecompressed) {
  options.max_body_bytes = 100'000;
  start();
  const std::string text(50'000, 'a');
  const std::string gzip = "Content-Encoding: gzip\r\nContent-Type: a/b\r\n";
  EXPECT_TRUE(ask(post("/echo", http::compress_gzip(text), gzip)).body == text);
  RawClient client = connect();
  client.send(post("/echo", http::compress_gzip(std::string(10'000'000, 'a')), gzip));
  EXPECT_EQ(client.read_answer().status, 413);
  client.send(get("/hello"));
  EXPECT_EQ(client.read_answer().body, "hello");
}

TEST_F(Server, LargeAnswersAreCompressedWhenAccepted) {
  start();
  const std::string text(5'000, 'a');
  const std::string type = "Content-Type: application/json\r\n";
  const RawAnswer answer = ask(post("/echo", text, type + "Accept-Encoding: gzip, br\r\n"));
  EXPECT_EQ(answer.header("content-encoding"), "gzip");
  EXPECT_EQ(answer.header("vary"), "Accept-Encoding");
  EXPECT_LT(answer.body.size(), 100U);
  EXPECT_TRUE(http::decompress_gzip(answer.body, 5'000) == text);
  EXPECT_TRUE(ask(post("/echo", text, type)).body == text);
  const RawAnswer image =
      ask(post("/echo", text, "Content-Type: image/png\r\nAccept-Encoding: gzip\r\n"));
  EXPECT_TRUE(image.body == text);
  EXPECT_EQ(ask(post("/echo", "small", type + "Accept-Encoding: gzip\r\n")).body, "small");
}

TEST_F(Server, CrossOriginRequests) {
  options.cors_origins = {"https://page.example"};
  start();
  const std::string good = "Origin: https://page.example\r\n";
  EXPECT_EQ(ask(get("/hello", good)).header("access-control-allow-origin"), "https://page.example");
  EXPECT_EQ(ask(get("/error/422", good)).header("access-control-allow-origin"),
            "https://page.example");
  EXPECT_EQ(ask(get("/hello", "Origin: https://evil.example\r\n"))
                .headers.count("access-control-allow-origin"),
            0U);
  const RawAnswer preflight =
      ask("OPTIONS /echo HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: POST\r\n"
          "Access-Control-Request-Headers: content-type\r\n" +
          good + "\r\n");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-methods"), "OPTIONS, POST");
  EXPECT_EQ(preflight.header("access-control-allow-headers"), "content-type");
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://page.example");
  EXPECT_EQ(ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").status, 204);
}

TEST_F(Server, HeaderValuesCannotAddLines) {
  router.add("GET", "/inject", [](const Request&) {
    Response response = Response::text("body");
    response.headers.add("x-a", "b\r\nx-evil: 1");
    response.headers.add("Content-Length", "2");
    return response;
  });
  start();
  const RawAnswer answer = ask(get("/inject"));
  EXPECT_EQ(answer.headers.count("x-evil"), 0U);
  EXPECT_EQ(answer.header("x-a"), "b  x-evil: 1");
  EXPECT_EQ(answer.body, "body");
}

TEST_F(Server, OwnerMayRefuseByTheHead) {
  options.on_head = [](const Request& request) -> std::optional<Response> {
    if (request.header("authorization") == "Bearer good") return std::nullopt;
    return Response::json("{\"error\":\"key\"}", 401);
  };
  start();
  RawClient client = connect();
  client.send(post("/echo", std::string(100'000, 'a')));
  EXPECT_EQ(client.read_answer().status, 401);
  client.send(post("/echo", "b", "Authorization: Bearer good\r\n"));
  EXPECT_EQ(client.read_answer().body, "b");
  EXPECT_EQ(ask(get("/nowhere")).status, 404);
}

TEST_F(Server, AccessIsRecorded) {
  std::mutex mutex;
  std::vector<std::string> lines;
  options.on_access = [&](const http::AccessRecord& record) {
    const std::lock_guard lock(mutex);
    lines.push_back(record.request.method + " " + std::string(record.request.route) + " " +
                    std::to_string(record.status) + " " + record.request.remote + " " +
                    record.request.id + " " + std::string(record.fault));
    EXPECT_GT(record.bytes_sent, 0U);
    EXPECT_GE(record.duration.count(), 0);
  };
  start();
  RawClient client = connect();
  for (const char* path : {"/quick", "/v2/models/a", "/error/std", "/nowhere"}) {
    client.send(get(path, "x-request-id: i\r\n"));
    client.read_answer();
  }
  client.send("nonsense\r\n\r\n");
  client.read_answer();
  server->drain(std::chrono::seconds(60));
  const std::lock_guard lock(mutex);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0], "GET /quick 200 127.0.0.1 i ");
  EXPECT_EQ(lines[1], "GET /v2/models/{name} 200 127.0.0.1 i ");
  EXPECT_EQ(lines[2], "GET /error/{kind} 500 127.0.0.1 i secret logic");
  EXPECT_EQ(lines[3].find("GET  404 127.0.0.1 i there is no"), 0U) << lines[3];
  EXPECT_EQ(lines[4].find("  400 127.0.0.1 "), 0U) << lines[4];
}

TEST_F(Server, AsyncHandlersAnswerLater) {
  std::vector<std::thread> threads;
  router.add_async("GET", "/later",
                   [&](const std::shared_ptr<const Request>& request, http::Responder responder) {
                     auto shared = std::make_shared<http::Responder>(std::move(responder));
                     threads.emplace_back([request, shared, this] {
                       gate.pass();
                       shared->send(Response::text(request->path));
                     });
                   });
  router.add_async("GET", "/forgotten",
                   [](const std::shared_ptr<const Request>&, http::Responder) {});
  options.request_threads = 1;
  start();
  RawClient first = connect();
  RawClient second = connect();
  first.send(get("/later"));
  second.send(get("/later"));
  ASSERT_TRUE(gate.wait_for(2));  // two wait, though there is one request thread
  EXPECT_EQ(ask(get("/hello")).body, "hello");
  EXPECT_EQ(ask(get("/forgotten")).status, 500);
  gate.open();
  EXPECT_EQ(first.read_answer().body, "/later");
  EXPECT_EQ(second.read_answer().body, "/later");
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Server, PortInUseIsSaid) {
  start();
  http::ServerOptions same;
  same.port = server->port();
  http::Server other(same, {});
  EXPECT_ERROR(other.start(), ErrorCode::io,
               "cannot listen on 127.0.0.1:" + std::to_string(same.port));
  same.port = 0;
  same.host = "no.such.host.invalid";
  http::Server lost(same, {});
  EXPECT_ERROR(lost.start(), ErrorCode::io, "no.such.host.invalid:0");
}

TEST_F(Server, SeveralIoThreads) {
  options.io_threads = 3;
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(connect());
  for (int round = 0; round < 5; ++round) {
    for (RawClient& client : clients) client.send(get(round % 2 == 0 ? "/hello" : "/quick"));
    for (RawClient& client : clients) {
      EXPECT_EQ(client.read_answer().body, round % 2 == 0 ? "hello" : "quick");
    }
  }
}

}  // namespace
}  // namespace jnlp::test
