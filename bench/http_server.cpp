// The HTTP server alone, to be loaded by a client such as wrk: what a request costs before any
// task.
//   http_server [port]   until its standard input ends; then it says how much CPU time a request
//   took
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <iostream>

#include "http/server.h"
#include "report/process.h"

namespace {

using namespace jnlp::http;

struct Echo : WebSocketHandler {
  void on_message(const std::shared_ptr<WebSocket>& socket, std::string message,
                  bool is_binary) override {
    socket->send(message, is_binary);
  }
};

}  // namespace

int main(int count, char** arguments) {
  std::atomic<int64_t> served{0};
  ServerOptions options;
  options.port = count > 1 ? std::atoi(arguments[1]) : 0;
  options.on_access = [&](const AccessRecord&) { ++served; };
  Router router;
  router.add_quick("GET", "/quick", [](const Request&) { return Response::text("quick"); });
  router.add("GET", "/pooled", [](const Request&) { return Response::text("pooled"); });
  router.add("POST", "/echo", [](const Request& request) { return Response::json(request.body); });
  router.add_web_socket("/socket", [](const Request&) { return std::make_shared<Echo>(); });
  Server server(options, std::move(router));
  server.start();
  fmt::print("{}: /quick, /pooled, POST /echo, WebSocket /socket\n", server.url());
  std::fflush(stdout);
  const double before = jnlp::cpu_seconds();
  while (std::cin.get() != EOF) {
  }
  const double used = jnlp::cpu_seconds() - before;
  fmt::print("{} requests, {:.2f} us of CPU each\n", served.load(),
             served > 0 ? used * 1e6 / static_cast<double>(served) : 0);
  return 0;
}
