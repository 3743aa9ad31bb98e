#include "llm/server_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "support/http_server.h"

namespace jnlp {
namespace {

using test::HttpServer;

HttpServer silent_server() {
  return HttpServer([](const test::ServedRequest&, test::Reply&) {});
}

// A child with `bytes` of its own, which it has when its constructor returns.
class Child {
 public:
  explicit Child(size_t bytes) {
    int ready[2];
    if (::pipe(ready) != 0) throw std::runtime_error("cannot make a pipe");
    process_ = ::fork();
    if (process_ == 0) {
      std::vector<char> memory(bytes);
      for (size_t i = 0; i < bytes; i += 512) memory[i] = static_cast<char>(i >> 9 | 1);
      if (::write(ready[1], memory.data(), 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) throw std::runtime_error("the child died");
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Child() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t process() const { return process_; }

 private:
  pid_t process_ = -1;
};

bool contains(const std::vector<pid_t>& processes, pid_t process) {
  return std::find(processes.begin(), processes.end(), process) != processes.end();
}

TEST(ServerProcess, IsTheOneThatListens) {
  const HttpServer server = silent_server();
  EXPECT_EQ(listening_processes(server.url()), std::vector<pid_t>{::getpid()});
  EXPECT_EQ(listening_processes("http://localhost:" + std::to_string(server.port()) + "/v1"),
            std::vector<pid_t>{::getpid()});
}

TEST(ServerProcess, NoneWhereNobodyListensOrElsewhere) {
  std::string url;
  {
    const HttpServer server = silent_server();
    url = server.url();
    EXPECT_TRUE(listening_processes("http://192.0.2.1:" + std::to_string(server.port())).empty());
  }
  EXPECT_TRUE(listening_processes(url).empty());
  EXPECT_TRUE(listening_processes("nonsense").empty());
}

TEST(ServerProcess, DescendantsBelongToIt) {
  const Child child(1);
  const std::vector<pid_t> tree = with_descendants({::getpid()});
  EXPECT_EQ(tree.front(), ::getpid());
  EXPECT_TRUE(contains(tree, child.process()));
  EXPECT_FALSE(contains(with_descendants({child.process()}), ::getpid()));
}

TEST(ServerMemory, AddsUpTheServerAndItsChildren) {
  constexpr size_t kBytes = size_t{64} << 20;
  const HttpServer server = silent_server();
  ServerMemory memory(server.url());
  EXPECT_FALSE(memory.peak().has_value());
  { const ServerMemory::Watch watch(&memory); }
  const int64_t alone = memory.peak().value_or(0);
  EXPECT_GT(alone, 0);
  {
    const Child child(kBytes);
    const ServerMemory::Watch watch(&memory);
  }
  const int64_t with_child = memory.peak().value_or(0);
  EXPECT_GT(with_child, alone + static_cast<int64_t>(kBytes) / 2);
  { const ServerMemory::Watch watch(&memory); }
  EXPECT_EQ(memory.peak().value_or(0), with_child);  // a peak stays
  memory.restart();
  EXPECT_FALSE(memory.peak().has_value());
}

TEST(ServerMemory, NothingOfAServerElsewhere) {
  ServerMemory memory("http://192.0.2.1:11434");
  { const ServerMemory::Watch watch(&memory); }
  EXPECT_FALSE(memory.peak().has_value());
}

}  // namespace
}  // namespace jnlp
