// WebSockets, by a client that writes its frames by hand, the wrong ones too (RFC 6455).
#include "http/server_fixture.h"

namespace jnlp::test {
namespace {

using namespace std::chrono_literals;
using http::WebSocket;

constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kClose = 8;
constexpr int kPing = 9;
constexpr int kPong = 10;

struct Frame {
  int opcode = -1;  // -1: the connection ended
  bool is_last = true;
  std::string payload;

  int close_code() const {
    if (opcode != kClose || payload.size() < 2) return -1;
    return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
  }
};

std::string frame(int opcode, std::string_view payload, bool is_last = true, bool masked = true) {
  std::string out(1, static_cast<char>((is_last ? 0x80 : 0) | opcode));
  const int mask_bit = masked ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else {
    const int bytes = payload.size() < 65'536 ? 2 : 8;
    out += static_cast<char>(mask_bit | (bytes == 2 ? 126 : 127));
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(payload.size() >> (8 * i));
  }
  if (!masked) return out.append(payload);
  static constexpr std::string_view kMask("\x12\x34\x56\x78");
  out += kMask;
  for (size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(payload[i] ^ kMask[i % 4]);
  }
  return out;
}

Frame read_frame(RawClient& client) {
  const std::string head = client.read_bytes(2);
  if (head.size() < 2) return {};
  uint64_t size = static_cast<unsigned char>(head[1]);
  if (size >= 126) {
    const std::string more = client.read_bytes(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : more) size = size * 256 + static_cast<unsigned char>(c);
  }
  return {head[0] & 0x0f, (head[0] & 0x80) != 0, client.read_bytes(size)};
}

std::string upgrade(const std::string& target, const std::string& more = "") {
  return get(
      target,
      "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
          more);
}

// Answers each message twice; "close", "throw", "flood" and "wait" are orders.
class Echo : public http::WebSocketHandler {
 public:
  Echo(std::atomic<int>* opened, std::atomic<int>* close_code, Gate* gate)
      : opened_(opened), close_code_(close_code), gate_(gate) {}

  void on_open(const std::shared_ptr<WebSocket>&) override { ++*opened_; }

  void on_message(const std::shared_ptr<WebSocket>& socket, std::string message,
                  bool is_binary) override {
    if (message == "close") return socket->close(4000, "as you wish");
    if (message == "throw") throw std::runtime_error("secret");
    if (message == "wait") return gate_->pass();
    if (message == "flood") {
      while (socket->send(std::string(10'000, 'x'))) {
      }
      return;
    }
    socket->send("1 " + message, is_binary);
    socket->send("2 " + message, is_binary);
  }

  void on_close(int code) override { *close_code_ = code; }

 private:
  std::atomic<int>* opened_;
  std::atomic<int>* close_code_;
  Gate* gate_;
};

class WebSockets : public ServerTest {
 protected:
  void SetUp() override {
    options.max_message_bytes = 100'000;
    router.add_web_socket("/chat/{room}", [this](const http::Request& request) {
      if (request.param("room") == "closed") throw Error(ErrorCode::not_found, "no such room");
      return std::make_shared<Echo>(&opened, &close_code, &gate);
    });
  }

  RawClient open() {
    RawClient client = connect();
    client.send(upgrade("/chat/a"));
    EXPECT_EQ(client.read_answer(true).status, 101);
    return client;
  }

  std::atomic<int> opened{0};
  std::atomic<int> close_code{0};
};

TEST_F(WebSockets, Handshake) {
  start();
  RawClient client = connect();
  client.send(upgrade("/chat/a", "X-Request-Id: r1\r\n"));
  const RawAnswer answer = client.read_answer(true);
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455
  EXPECT_EQ(answer.header("x-request-id"), "r1");
  EXPECT_EQ(ask(upgrade("/chat/closed")).status, 404);
  EXPECT_EQ(ask(upgrade("/nowhere")).status, 404);
  EXPECT_EQ(ask(get("/chat/a")).status, 426);
  EXPECT_EQ(ask(upgrade("/chat/a", "Origin: https://evil.example\r\n")).status, 403);
  RawClient same = connect();
  same.send(upgrade("/chat/a", "Origin: http://x\r\n"));
  EXPECT_EQ(same.read_answer(true).status, 101);
  EXPECT_TRUE(eventually([&] { return opened == 2; }));
}

TEST_F(WebSockets, OurSubprotocolIsChosenWhereItIsOffered) {
  options.web_socket_protocol = "ours";
  start();
  const auto chosen = [this](const std::string& more) {
    RawClient client = connect();
    client.send(upgrade("/chat/a", more));
    const RawAnswer answer = client.read_answer(true);
    EXPECT_EQ(answer.status, 101);
    return std::string(answer.header("sec-websocket-protocol"));
  };
  EXPECT_EQ(chosen("Sec-WebSocket-Protocol: other, ours\r\n"), "ours");
  EXPECT_EQ(chosen("Sec-WebSocket-Protocol: other\r\n"), "");
  EXPECT_EQ(chosen(""), "");
}

TEST_F(WebSockets, MessagesGoBothWays) {
  start();
  RawClient client = open();
  for (const size_t size : {0, 1, 125, 126, 65'535, 65'536, 99'000}) {
    const std::string text(size, 'a');
    client.send(frame(kText, text));
    EXPECT_TRUE(read_frame(client).payload == "1 " + text) << size;
    EXPECT_TRUE(read_frame(client).payload == "2 " + text) << size;
  }
  client.send(frame(kBinary, std::string("\0\xff", 2)));
  EXPECT_EQ(read_frame(client).opcode, kBinary);
  EXPECT_EQ(read_frame(client).payload, std::string("2 \0\xff", 4));
}

TEST_F(WebSockets, FragmentsPingsAndEarlyFrames) {
  start();
  RawClient client = connect();
  client.send(upgrade("/chat/a") + frame(kText, "early"));  // with the handshake
  EXPECT_EQ(client.read_answer(true).status, 101);
  EXPECT_EQ(read_frame(client).payload, "1 early");
  EXPECT_EQ(read_frame(client).payload, "2 early");
  client.send(frame(kText, "a", false) + frame(kPing, "p") + frame(0, "b", true));
  const Frame pong = read_frame(client);
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "p");
  EXPECT_EQ(read_frame(client).payload, "1 ab");
}

TEST_F(WebSockets, EitherEndMayClose) {
  start();
  RawClient client = open();
  client.send(frame(kClose, "\x03\xe8"));
  EXPECT_EQ(read_frame(client).close_code(), 1000);
  EXPECT_TRUE(eventually([&] { return close_code == 1000; }));
  RawClient other = open();
  other.send(frame(kText, "close"));
  const Frame closing = read_frame(other);
  EXPECT_EQ(closing.close_code(), 4000);
  EXPECT_EQ(closing.payload.substr(2), "as you wish");
  other.send(frame(kClose, closing.payload));
  EXPECT_TRUE(eventually([&] { return close_code == 4000; }));
  EXPECT_TRUE(other.is_closed_within(50s));
  RawClient breaking = open();
  breaking.reset();
  EXPECT_TRUE(eventually([&] { return close_code == 1006; }));
  EXPECT_TRUE(eventually([&] { return server->stats().web_sockets == 0; }));
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 0; }));
}

TEST_F(WebSockets, WrongFramesCloseWithTheirCode) {
  start();
  const std::pair<std::string, int> cases[] = {
      {frame(kText, "\xff\xfe"), 1007},                 // not UTF-8
      {frame(kText, std::string(100'001, 'a')), 1009},  // too long
      {frame(kText, "unmasked", true, false), 1002},
      {frame(3, "reserved opcode"), 1002},
      {frame(kPing, std::string(126, 'a')), 1002},  // a long control frame
      {frame(kPing, "a", false), 1002},             // a control frame in fragments
      {frame(0, "continues nothing"), 1002},
      {frame(kText, "a", false) + frame(kText, "b"), 1002},
      {std::string("\xc1\x80\x01\x02\x03\x04", 6), 1002},  // a reserved bit
  };
  for (const auto& [bytes, code] : cases) {
    RawClient client = open();
    client.send(bytes);
    EXPECT_EQ(read_frame(client).close_code(), code) << bytes.substr(0, 10);
  }
  // Nothing is held for a length that is only announced.
  RawClient client = open();
  client.send(std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04", 14));
  EXPECT_EQ(read_frame(client).close_code(), 1009);
}

TEST_F(WebSockets, ThrowingHandlerClosesWithoutItsWords) {
  start();
  RawClient client = open();
  client.send(frame(kText, "throw"));
  const Frame closing = read_frame(client);
  EXPECT_EQ(closing.close_code(), 1011);
  EXPECT_EQ(closing.payload.find("secret"), std::string::npos);
}

TEST_F(WebSockets, ClientThatReadsNothingIsCut) {
  options.write_timeout = 300ms;
  start();
  RawClient client = open();
  client.send(frame(kText, "flood"));
  EXPECT_TRUE(eventually([&] { return close_code == 1006; }));
  EXPECT_TRUE(eventually([&] { return server->stats().connections == 0; }));
}

TEST_F(WebSockets, SilentOnesArePingedAndClosed) {
  options.web_socket_idle_timeout = 400ms;
  start();
  RawClient client = open();
  EXPECT_EQ(read_frame(client).opcode, kPing);
  EXPECT_TRUE(client.is_closed_within(50s));  // we never answered
  EXPECT_TRUE(eventually([&] { return close_code == 1006; }));
}

TEST_F(WebSockets, SendsFromManyThreadsComeWhole) {
  std::shared_ptr<WebSocket> socket;
  struct Keeper : http::WebSocketHandler {
    std::shared_ptr<WebSocket>* out;
    Gate* gate;
    void on_open(const std::shared_ptr<WebSocket>& opened) override {
      *out = opened;
      gate->open();
      gate->pass();
    }
    void on_message(const std::shared_ptr<WebSocket>&, std::string, bool) override {}
  };
  router.add_web_socket("/keep", [&](const http::Request&) {
    auto keeper = std::make_shared<Keeper>();
    keeper->out = &socket;
    keeper->gate = &gate;
    return keeper;
  });
  start();
  RawClient client = connect();
  client.send(upgrade("/keep"));
  EXPECT_EQ(client.read_answer(true).status, 101);
  ASSERT_TRUE(gate.wait_for(1));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&socket, t] {
      for (int i = 0; i < 200; ++i)
        socket->send(std::string(1 + i * 10, static_cast<char>('a' + t)));
    });
  }
  size_t bytes = 0;
  for (int i = 0; i < 800; ++i) {
    const Frame got = read_frame(client);
    ASSERT_EQ(got.payload.find_first_not_of(got.payload[0]), std::string::npos);
    bytes += got.payload.size();
  }
  EXPECT_EQ(bytes, 4U * (200 + 10 * 199 * 100));
  for (std::thread& thread : threads) thread.join();
  server.reset();
  EXPECT_FALSE(socket->send("late"));
  EXPECT_FALSE(socket->is_open());
  socket->close();
}

TEST_F(WebSockets, DrainClosesWithGoingAway) {
  start();
  RawClient client = open();
  std::thread drainer([&] { EXPECT_TRUE(server->drain(60s)); });
  const Frame closing = read_frame(client);
  EXPECT_EQ(closing.close_code(), 1001);
  client.send(frame(kClose, closing.payload));
  drainer.join();
  EXPECT_EQ(close_code, 1001);
}

TEST_F(WebSockets, StopWaitsForACallThatRuns) {
  start();
  RawClient client = open();
  client.send(frame(kText, "wait"));
  ASSERT_TRUE(gate.wait_for(1));
  std::thread stopper([&] { server->stop(); });
  EXPECT_EQ(read_frame(client).opcode, -1);
  EXPECT_EQ(close_code, 0);  // not while on_message runs
  gate.open();
  stopper.join();
  EXPECT_EQ(close_code, 1006);
}

}  // namespace
}  // namespace jnlp::test
