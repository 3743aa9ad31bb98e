// What a client of language-model servers needs: bodies sent, answers in pieces, ends of all kinds.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdlib>
#include <stdexcept>

#include "base/file.h"
#include "net/http_client.h"
#include "support/expect_error.h"
#include "support/http_server.h"
#include "support/paths.h"

namespace jnlp {
namespace {

using test::HttpServer;
using test::Reply;
using test::ServedRequest;

struct Collector : BodySink {
  int status = 0;
  std::string content_type;
  std::string body;
  size_t stop_after = std::string::npos;

  void begin(int code, const HttpHeaders& headers) override {
    status = code;
    content_type = headers.at("content-type");
  }
  void write(std::string_view bytes) override {
    body += bytes;
    if (body.size() >= stop_after) throw std::runtime_error("enough");
  }
};

HttpRequest post_to(const std::string& url, const std::string& body) {
  HttpRequest request;
  request.url = url;
  request.method = HttpMethod::post;
  request.body = body;
  return request;
}

TEST(Post, SendsBodyTypeTokenAndHeaders) {
  const HttpServer server([](const ServedRequest& request, Reply& reply) {
    reply.send(200, "text/plain", request.body + "!");
  });
  HttpClient client(HttpLimits{}, "");
  HttpRequest request = post_to(server.url() + "/v1/x?y=1", std::string("{\"a\": \0}", 8));
  request.token = "sk-1";
  request.headers = {{"x-kind", "a b"}};
  const HttpResult result = client.perform(request);
  ASSERT_TRUE(result.ok()) << result.detail;
  EXPECT_EQ(result.body, request.body + "!");
  const auto got = server.requests();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].method, "POST");
  EXPECT_EQ(got[0].path, "/v1/x?y=1");
  EXPECT_EQ(got[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(got[0].headers.at("authorization"), "Bearer sk-1");
  EXPECT_EQ(got[0].headers.at("x-kind"), "a b");
}

TEST(Post, LargeBodyDoesNotWaitForAContinue) {
  const HttpServer server([](const ServedRequest& request, Reply& reply) {
    reply.send(200, "text/plain", std::to_string(request.body.size()));
  });
  HttpClient client(HttpLimits{}, "");
  const HttpResult result = client.perform(post_to(server.url(), std::string(3'000'000, 'x')));
  EXPECT_EQ(result.body, "3000000");
  EXPECT_EQ(server.requests()[0].headers.count("expect"), 0U);
}

TEST(Post, SendsAFile) {
  const test::TemporaryDir dir;
  std::string content(1'000'000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 % 251);
  write_file(dir.path() / "blob", content);
  const HttpServer server(
      [](const ServedRequest&, Reply& reply) { reply.send(201, "text/plain", ""); });
  HttpClient client(HttpLimits{}, "");
  HttpRequest request = post_to(server.url() + "/blob", "");
  request.body_file = dir.path() / "blob";
  request.content_type = "application/octet-stream";
  EXPECT_EQ(client.perform(request).status, 201);
  EXPECT_TRUE(server.requests()[0].body == content);
  request.body_file = dir.path() / "none";
  EXPECT_ERROR(client.perform(request), ErrorCode::io, "none");
}

TEST(Post, AnswerInPiecesGoesToTheSink) {
  const HttpServer server([](const ServedRequest&, Reply& reply) {
    reply.begin(200, "application/x-ndjson");
    for (const char* piece : {"{\"a", "\":1}\n", "{}\n"}) reply.piece(piece);
    reply.end();
  });
  HttpClient client(HttpLimits{}, "");
  Collector sink;
  HttpRequest request = post_to(server.url(), "{}");
  request.sink = &sink;
  const HttpResult result = client.perform(request);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.body, "");
  EXPECT_EQ(sink.status, 200);
  EXPECT_EQ(sink.content_type, "application/x-ndjson");
  EXPECT_EQ(sink.body, "{\"a\":1}\n{}\n");
}

TEST(Post, SinkEndsTheTransferByThrowing) {
  const HttpServer server([](const ServedRequest&, Reply& reply) {
    reply.begin(200, "text/plain");
    for (int i = 0; i < 100'000; ++i) reply.piece("0123456789");
    reply.end();
  });
  HttpClient client(HttpLimits{}, "");
  Collector sink;
  sink.stop_after = 20;
  HttpRequest request = post_to(server.url(), "{}");
  request.sink = &sink;
  EXPECT_THROW(client.perform(request), std::runtime_error);
  EXPECT_LT(sink.body.size(), 1'000'000U);
}

TEST(Post, ErrorsKeepTheirTextAndDoNotReachTheSink) {
  const HttpServer server([](const ServedRequest&, Reply& reply) {
    reply.send(404, "application/json", "{\"error\":\"model 'x' not found\"}");
  });
  HttpClient client(HttpLimits{}, "");
  Collector sink;
  HttpRequest request = post_to(server.url(), "{}");
  request.sink = &sink;
  const HttpResult result = client.perform(request);
  EXPECT_EQ(result.fault, HttpFault::none);
  EXPECT_EQ(result.status, 404);
  EXPECT_EQ(result.body, "{\"error\":\"model 'x' not found\"}");
  EXPECT_EQ(sink.status, 0);
}

TEST(Post, ConnectionCutInTheMiddle) {
  const HttpServer server([](const ServedRequest&, Reply& reply) {
    reply.begin(200, "text/plain");
    reply.piece("half");
    reply.cut();
  });
  HttpClient client(HttpLimits{}, "");
  Collector sink;
  HttpRequest request = post_to(server.url(), "{}");
  request.sink = &sink;
  EXPECT_EQ(client.perform(request).fault, HttpFault::cut);
  EXPECT_EQ(sink.body, "half");
}

TEST(Post, IsNotSentASecondTimeByARedirect) {
  const HttpServer server([](const ServedRequest&, Reply& reply) {
    reply.raw("HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
  });
  HttpClient client(HttpLimits{}, "");
  const HttpResult result = client.perform(post_to(server.url(), "{}"));
  EXPECT_EQ(result.fault, HttpFault::refused_redirect);
  EXPECT_NE(result.detail.find("/elsewhere"), std::string::npos);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Post, GoesPastAProxyWhenAsked) {
  const HttpServer server(
      [](const ServedRequest&, Reply& reply) { reply.send(200, "text/plain", "here"); });
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  HttpClient client(HttpLimits{}, "");
  HttpRequest request = post_to(server.url(), "{}");
  EXPECT_FALSE(client.perform(request).ok());
  request.use_proxy = false;
  EXPECT_EQ(client.perform(request).body, "here");
  ::unsetenv("http_proxy");
}

TEST(Post, SilentServerIsLeftAfterTheIdleTime) {
  const HttpServer server([](const ServedRequest&, Reply& reply) {
    reply.begin(200, "text/plain");
    reply.piece("one");  // and then nothing, until the client goes
    char byte = 0;
    while (::recv(reply.descriptor(), &byte, 1, 0) > 0) continue;
    reply.cut();
  });
  HttpLimits limits;
  limits.stall_seconds = 1;
  limits.stall_bytes_per_second = 1;
  HttpClient client(limits, "");
  const HttpResult result = client.perform(post_to(server.url(), "{}"));
  EXPECT_EQ(result.fault, HttpFault::timeout);
}

}  // namespace
}  // namespace jnlp
