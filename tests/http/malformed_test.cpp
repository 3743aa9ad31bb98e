// Requests that are wrong, or that two readers could read differently, as bytes to a real server.
#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  int status;
};

const std::string kHost = "Host: x\r\n";

std::vector<Case> cases() {
  const std::string post = "POST /echo HTTP/1.1\r\n" + kHost;
  return {
      {"both lengths", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"both lengths, other order",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {"the same length twice", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"length with a sign", post + "Content-Length: +5\r\n\r\nhello", 400},
      {"hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", 400},
      {"empty length", post + "Content-Length:\r\n\r\n", 400},
      {"length beyond 64 bits", post + "Content-Length: 18446744073709551621\r\n\r\nhello", 400},
      {"unknown transfer coding", post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"chunked and more", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"chunked twice",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked, hidden", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {"chunked by tab", post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"blank before the colon", post + "Content-Length : 5\r\n\r\nhello", 400},
      {"tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400},
      {"folded line", post + "X-A: b\r\n  Content-Length: 5\r\n\r\nhello", 400},
      {"first header indented", "GET /hello HTTP/1.1\r\n Host: x\r\n\r\n", 400},
      {"bare LF behind the request line", "GET /hello HTTP/1.1\nHost: x\r\n\r\n", 400},
      {"bare LF behind a header", "GET /hello HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n", 400},
      {"bare LF as the end", "GET /hello HTTP/1.1\r\nHost: x\r\n\n", 400},
      {"bare CR in a value", "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: b\rX-B: c\r\n\r\n", 400},
      {"NUL in a value",
       "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: b" + std::string(1, '\0') + "\r\n\r\n", 400},
      {"no colon", "GET /hello HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400},
      {"empty name", "GET /hello HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n", 400},
      {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
      {"HTTP/0.9", "GET /hello\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: x\r\n\r\n", 505},
      {"no protocol", "GET /hello FTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"two blanks", "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"blank in the target", "GET /hel lo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"control byte in the target", "GET /hel\x01lo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"raw UTF-8 in the target", "GET /\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"TLS", "\x16\x03\x01\x02\x05\x01\x01\xfc\x03\x03", 400},
      {"bytes", "\xff\xfe\xfd", 400},
      {"chunk size without digits", post + "Transfer-Encoding: chunked\r\n\r\n;\r\n\r\n", 400},
      {"chunk size with a blank", post + "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n", 400},
      {"chunk size 0x5", post + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n", 400},
      {"chunk size -1", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n", 400},
      {"chunk size too large",
       post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\nhello\r\n", 400},
      {"chunk that would wrap around",
       post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nFFFFFFFFFFFFFFFE\r\n", 413},
      {"chunk longer than it says",
       post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", 400},
      {"chunk size by bare LF", post + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n", 400},
      {"endless chunk extension",
       post + "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(1000, 'a'), 400},
      {"endless trailers",
       post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: " + std::string(40'000, 'a'), 431},
      {"traversal", "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"traversal, encoded", "GET /v2/models/..%2f..%2fetc HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"percent alone", "GET /v2/models/% HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"encoded NUL", "GET /v2/models/a%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"long header",
       "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: " + std::string(40'000, 'a') + "\r\n\r\n", 431},
      {"long target", "GET /" + std::string(40'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      {"long body", post + "Content-Length: 1000000000\r\n\r\n", 413},
      {"unknown expectation", post + "Expect: magic\r\nContent-Length: 5\r\n\r\nhello", 417},
      {"unknown content coding", post + "Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
       415},
      {"bad gzip", post + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"bad timeout", "GET /hello HTTP/1.1\r\nHost: x\r\nx-request-timeout-ms: soon\r\n\r\n", 400},
      {"negative timeout", "GET /hello HTTP/1.1\r\nHost: x\r\nx-request-timeout-ms: -5\r\n\r\n",
       400},
      {"CONNECT", "CONNECT host:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
  };
}

class Malformed : public ServerTest {};

TEST_F(Malformed, IsRefusedWithItsStatus) {
  start();
  for (const Case& each : cases()) {
    RawClient client = connect();
    client.send(each.bytes);
    const RawAnswer answer = client.read_answer();
    EXPECT_EQ(answer.status, each.status) << each.name << ": " << answer.body;
    EXPECT_TRUE(answer.body.starts_with("{\"error\":{\"code\":\"")) << each.name << answer.body;
    EXPECT_FALSE(answer.header("x-request-id").empty()) << each.name;
  }
  EXPECT_EQ(ask(get("/hello")).body, "hello");
}

// What follows a request that cannot be read must never be read as a request.
TEST_F(Malformed, NothingIsReadBehindIt) {
  start();
  for (const Case& each : cases()) {
    RawClient client = connect();
    client.send(each.bytes);
    if (client.read_answer().header("connection") != "close") continue;
    client.send("\r\n" + get("/hello"));
    EXPECT_EQ(client.read_to_end(), "") << each.name;
  }
}

TEST_F(Malformed, ManyHeadersAreRefused) {
  start();
  std::string headers;
  for (int i = 0; i < 200; ++i) headers += "a: b\r\n";
  EXPECT_EQ(ask(get("/hello", headers)).status, 431);
}

TEST_F(Malformed, EverythingCutAnywhereDoesNoHarm) {
  start();
  const std::string whole = post("/echo", "hello", "Content-Type: text/plain\r\n");
  for (size_t size = 0; size < whole.size(); ++size) {
    RawClient client = connect();
    client.send(std::string_view(whole).substr(0, size));
    if (size % 2 == 0) client.reset();
  }
  EXPECT_EQ(ask(whole).body, "hello");
  EXPECT_TRUE(eventually([&] { return server->stats().body_bytes == 0; }));
}

}  // namespace
}  // namespace jnlp::test
