// The server's connection, from the bytes that a client sends to those that it gets back, over a
// pair of sockets and without a thread. Answers must be whole HTTP, and nothing may be left over
// when the client has gone.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "http/connection.h"
#include "http/context.h"
#include "target.h"

namespace {

using namespace jnlp;
using namespace jnlp::http;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// One answer as the access log has it.
struct Answer {
  std::string method;
  int status = 0;
  uint64_t bytes = 0;
};

std::vector<Answer> answers;

Router routes() {
  Router router;
  router.add_quick("POST", "/echo", [](const Request& request) {
    Response response = Response::json(request.body);
    response.headers.add("x-said", request.header("x-say"));
    return response;
  });
  router.add_quick("GET", "/models/{name}", [](const Request& request) {
    const std::string* query = request.query_value("q");
    return Response::text(std::string(request.param("name")) + (query != nullptr ? *query : ""));
  });
  router.add_quick("GET", "/fault", [](const Request& request) -> Response {
    throw Error(ErrorCode::invalid_input, "a fault of " + request.path);
  });
  router.add_web_socket("/chat", [](const Request&) -> std::shared_ptr<WebSocketHandler> {
    throw HttpError(501, ErrorCode::unsupported, "there is no model");
  });
  return router;
}

ServerOptions options() {
  ServerOptions options;
  options.max_header_bytes = 1024;
  options.max_body_bytes = 4096;
  options.max_total_body_bytes = 8192;
  options.gzip_min_bytes = 64;
  options.cors_origins = {"https://a.example"};
  options.on_access = [](const AccessRecord& record) {
    answers.push_back({record.request.method, record.status, record.bytes_sent});
  };
  return options;
}

std::string read_all(int socket) {
  std::string bytes;
  std::array<char, 4096> buffer;
  ssize_t size = 0;
  while ((size = ::read(socket, buffer.data(), buffer.size())) > 0) {
    bytes.append(buffer.data(), static_cast<size_t>(size));
  }
  return bytes;
}

// What comes back for these bytes, sent in pieces.
std::string talk(std::string_view bytes, size_t piece) {
  static IoThread io;  // its thread is not started: this one does its work
  static const auto context = std::make_shared<Context>(options(), routes());
  std::array<int, 2> pair{};
  JNLP_HOLDS(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
  Socket socket(io.context());
  socket.assign(Tcp::v4(), pair[0]);
  ++context->connections;
  std::make_shared<Connection>(AnyStream(std::move(socket), nullptr), &io, context, false)->start();
  std::string back;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, piece);
    // The server may have closed its end.
    if (::send(pair[1], part.data(), part.size(), MSG_NOSIGNAL) < 0) break;
    bytes.remove_prefix(part.size());
    io.context().poll();
    back += read_all(pair[1]);
  }
  ::shutdown(pair[1], SHUT_WR);
  io.context().poll();
  back += read_all(pair[1]);
  ::close(pair[1]);
  io.context().poll();
  JNLP_HOLDS(context->connections == 0);
  JNLP_HOLDS(context->body_bytes == 0);
  return back;
}

std::string value_of(const std::string& head, const std::string& name) {
  const size_t begin = head.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "";
  const size_t value = begin + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

void check_answer(std::string text, const Answer& answer) {
  if (text.starts_with(kContinue)) text.erase(0, kContinue.size());
  const size_t end = text.find("\r\n\r\n");
  JNLP_HOLDS(end != std::string::npos);
  const std::string head = text.substr(0, end + 2);
  JNLP_HOLDS(head.starts_with("HTTP/1.1 " + std::to_string(answer.status) + " "));
  for (size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\r') JNLP_HOLDS(head[i + 1] == '\n');
    if (head[i] == '\n') JNLP_HOLDS(i > 0 && head[i - 1] == '\r');
    JNLP_HOLDS(head[i] != '\0');
  }
  const size_t body = text.size() - end - 4;
  const bool has_body = answer.method != "HEAD" && answer.status != 204 && answer.status != 304;
  JNLP_HOLDS(has_body ? value_of(head, "content-length") == std::to_string(body) : body == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  for (const size_t piece : {SIZE_MAX, size_t{100}}) {
    answers.clear();
    const std::string back = talk(bytes, piece);
    size_t begin = 0;
    for (const Answer& answer : answers) {
      constexpr int kClientWent = 499;
      if (answer.status != kClientWent) check_answer(back.substr(begin, answer.bytes), answer);
      begin += answer.bytes;
    }
    // The client may go between the leave to send a body and the body.
    const std::string_view rest = std::string_view(back).substr(begin);
    JNLP_HOLDS(rest.empty() || rest == kContinue);
  }
  return 0;
}
