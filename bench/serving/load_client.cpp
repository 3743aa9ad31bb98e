// Loads an HTTP server from one thread and says in JSON what became of the requests.
//   load_client --port 8000 --path /sentiment --bodies FILE --connections 32          closed loop
//   load_client --port 8000 --path /sentiment --bodies FILE --connections 1024 --rate 1800
//               --deadline-ms 250                                                     open loop
//   load_client --port 8000 --path /livez --connections 4 --rate 10 --even --fresh    a probe
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "base/thread_slice.h"
#include "load_run.h"
#include "report/process.h"

namespace {

using namespace jnlp;

struct Flags {
  int port = 0;
  std::string path;
  std::string bodies;
  double deadline_ms = 0;
  LoadPlan plan;
};

void add_flags(CLI::App& app, Flags* flags) {
  LoadPlan& plan = flags->plan;
  app.add_option("--port", flags->port, "Of the server, on 127.0.0.1")->required();
  app.add_option("--path", flags->path, "For example /sentiment")->required();
  app.add_option("--bodies", flags->bodies, "File with a body a line, sent in turns; without: GET");
  app.add_option("--connections", plan.connections, "At most; in a closed loop all of them")
      ->check(CLI::Range(1, 60'000));
  app.add_flag("--fresh", plan.is_fresh, "A connection for each request");
  app.add_option("--seconds", plan.seconds, "In which requests are sent");
  app.add_option("--requests", plan.most, "At most so many; 0: any number");
  app.add_option("--rate", plan.rate, "Requests a second, sent whatever comes back (open loop)");
  app.add_flag("--even", plan.is_even, "At equal distances, not those of a Poisson process");
  app.add_option("--deadline-ms", flags->deadline_ms, "Sent along, and what counts as good");
  app.add_option("--grace", plan.grace, "Seconds to wait for answers in the end");
}

std::string request_of(const Flags& flags, const std::string& body) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n",
                                 flags.bodies.empty() ? "GET" : "POST", flags.path, flags.port);
  if (flags.deadline_ms > 0) {
    head += fmt::format("x-request-timeout-ms: {:.0f}\r\n", flags.deadline_ms);
  }
  if (flags.plan.is_fresh) head += "Connection: close\r\n";
  if (!flags.bodies.empty()) {
    head += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  }
  return head + "\r\n" + body;
}

std::vector<std::string> requests_of(const Flags& flags) {
  if (flags.bodies.empty()) return {request_of(flags, "")};
  std::ifstream file(flags.bodies);
  std::vector<std::string> requests;
  for (std::string line; std::getline(file, line);) requests.push_back(request_of(flags, line));
  if (requests.empty()) {
    throw Error(ErrorCode::invalid_input, fmt::format("no bodies in '{}'", flags.bodies));
  }
  return requests;
}

// Each connection is a file descriptor, and the usual limit is 1,024.
void raise_open_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void run(Flags flags) {
  raise_open_files();
  flags.plan.server.sin_family = AF_INET;
  flags.plan.server.sin_port = htons(static_cast<uint16_t>(flags.port));
  flags.plan.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  flags.plan.deadline_ns = static_cast<int64_t>(flags.deadline_ms * 1e6);
  flags.plan.requests = requests_of(flags);
  const size_t distinct = flags.plan.requests.size();
  const double before = cpu_seconds();
  LoadRun run(std::move(flags.plan));
  OrderedJson result = run.run();
  result["distinct_requests"] = distinct;
  result["client_cpu_seconds"] = cpu_seconds() - before;
  std::cout << dump_json(result) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Loads an HTTP server from one thread");
  Flags flags;
  add_flags(app, &flags);
  CLI11_PARSE(app, count, arguments);
  prefer_short_slices();  // what it measures must not be its own waiting for a processor
  try {
    run(std::move(flags));
  } catch (const Error& error) {
    fmt::print(stderr, "load_client: {}\n", error.what());
    return 1;
  }
  return 0;
}
