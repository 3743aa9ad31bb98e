// HTTP and WebSockets over TLS, with certificates made by the openssl program.
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "http/server_fixture.h"
#include "support/expect_error.h"
#include "support/paths.h"

namespace jnlp::test {
namespace {

// A client that trusts anybody and says whose certificate it saw.
class TlsClient {
 public:
  explicit TlsClient(int port, int max_version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())), ssl_(nullptr) {
    SSL_CTX_set_max_proto_version(context_, max_version);
    SSL_CTX_set_security_level(context_, 0);
    descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, descriptor_);
    static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_, kProtocols, sizeof kProtocols - 1);
    is_connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(descriptor_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool is_connected() const { return is_connected_; }
  std::string subject() const {
    X509* certificate = SSL_get_peer_certificate(ssl_);
    char name[256] = "";
    if (certificate != nullptr) X509_NAME_oneline(X509_get_subject_name(certificate), name, 256);
    X509_free(certificate);
    return name;
  }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  void send(const std::string& bytes) const {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  }
  // All until `mark` has come, or the end.
  std::string read_until(std::string_view mark) const {
    std::string out;
    char bytes[16384];
    while (out.find(mark) == std::string::npos) {
      const int got = SSL_read(ssl_, bytes, sizeof bytes);
      if (got <= 0) break;
      out.append(bytes, static_cast<size_t>(got));
    }
    return out;
  }
  bool ended_cleanly() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  SSL_CTX* context_;
  SSL* ssl_;
  int descriptor_ = -1;
  bool is_connected_ = false;
};

class Tls : public ServerTest {
 protected:
  void SetUp() override {
    if (std::system("openssl version > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "the openssl program, which makes the test's certificates, is not there";
    }
    make_certificate("first");
    options.tls_cert = dir.path() / "server.crt";
    options.tls_key = dir.path() / "server.key";
  }

  void make_certificate(const std::string& name) const {
    const std::string line =
        "cd " + dir.path().string() +
        " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=" +
        name + " -keyout server.key -out server.crt 2> log";
    ASSERT_EQ(std::system(line.c_str()), 0) << read_file(dir.path() / "log");
  }

  TemporaryDir dir;
};

TEST_F(Tls, ServesRequestsOnOneConnection) {
  start();
  EXPECT_TRUE(server->url().starts_with("https://127.0.0.1:"));
  const TlsClient client(server->port());
  ASSERT_TRUE(client.is_connected());
  EXPECT_EQ(client.protocol(), "http/1.1");
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    EXPECT_TRUE(client.read_until("\r\n\r\nhello").ends_with("hello"));
  }
  const std::string body(1'000'000, 'b');
  client.send(post("/echo", body + "end") + get("/quick", "Connection: close\r\n"));
  EXPECT_GT(client.read_until("end").size(), body.size());
  client.read_until("never");
  EXPECT_TRUE(client.ended_cleanly());
}

TEST_F(Tls, WebSocketsWorkTheSameWay) {
  struct Greeter : http::WebSocketHandler {
    void on_open(const std::shared_ptr<http::WebSocket>& socket) override { socket->send("hi"); }
    void on_message(const std::shared_ptr<http::WebSocket>& socket, std::string, bool) override {
      socket->close();
    }
  };
  router.add_web_socket("/chat", [](const http::Request&) { return std::make_shared<Greeter>(); });
  start();
  const TlsClient client(server->port());
  client.send(get("/chat",
                  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_TRUE(client.read_until("\x81\x02hi").ends_with("\x81\x02hi"));
}

TEST_F(Tls, CertificateIsReadAgainForNewConnections) {
  start();
  const TlsClient old(server->port());
  EXPECT_EQ(old.subject(), "/CN=first");
  make_certificate("second");
  server->reload_tls();
  EXPECT_EQ(TlsClient(server->port()).subject(), "/CN=second");
  old.send(get("/hello"));
  EXPECT_TRUE(old.read_until("hello").ends_with("hello"));
  write_file(dir.path() / "server.crt", "damaged");
  EXPECT_ERROR(server->reload_tls(), ErrorCode::invalid_input, "server.crt");
  EXPECT_EQ(TlsClient(server->port()).subject(), "/CN=second");
}

TEST_F(Tls, OldVersionsAndPlainTextAreRefused) {
  start();
  EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).is_connected());
  EXPECT_TRUE(TlsClient(server->port(), TLS1_2_VERSION).is_connected());
  RawClient plain = connect();
  plain.send(get("/hello"));
  EXPECT_EQ(plain.read_to_end().find("hello"), std::string::npos);
}

TEST_F(Tls, ClientThatNeverShakesHandsIsCut) {
  options.header_timeout = std::chrono::milliseconds(200);
  start();
  RawClient silent = connect();
  EXPECT_TRUE(silent.is_closed_within(std::chrono::seconds(50)));
}

TEST_F(Tls, GoneClientCancelsItsRequest) {
  std::atomic<bool> was_cancelled{false};
  router.add("GET", "/watch", [&](const http::Request& request) {
    gate.pass();
    was_cancelled = eventually([&] { return request.cancelled(); });
    return http::Response::text("");
  });
  start();
  {
    const TlsClient client(server->port());
    client.send(get("/watch"));
    ASSERT_TRUE(gate.wait_for(1));
    gate.open();
  }
  EXPECT_TRUE(eventually([&] { return was_cancelled.load(); }));
}

TEST_F(Tls, FilesThatDoNotFitAreNamed) {
  const auto start_fails = [&](const std::filesystem::path& cert,
                               const std::filesystem::path& key) {
    http::ServerOptions with;
    with.tls_cert = cert;
    with.tls_key = key;
    http::Server(with, {}).start();
  };
  EXPECT_ERROR(start_fails(options.tls_cert, "/none.key"), ErrorCode::not_found, "/none.key");
  EXPECT_ERROR(start_fails(options.tls_cert, ""), ErrorCode::invalid_input, "both");
  EXPECT_ERROR(start_fails(options.tls_key, options.tls_key), ErrorCode::invalid_input,
               "server.key");
  std::filesystem::copy_file(options.tls_key, dir.path() / "old.key");
  make_certificate("second");
  EXPECT_ERROR(start_fails(options.tls_cert, dir.path() / "old.key"), ErrorCode::invalid_input,
               "old.key");
}

}  // namespace
}  // namespace jnlp::test
