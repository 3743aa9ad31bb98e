#include "server/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace jnlp {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(pipe(ends.data()), 0); }
  ~Pipe() {
    close(ends[0]);
    close_writer();
  }
  void close_writer() {
    if (ends[1] >= 0) close(ends[1]);
    ends[1] = -1;
  }
  std::string rest() {
    close_writer();
    std::string all;
    std::array<char, 4096> part;
    for (ssize_t size; (size = read(ends[0], part.data(), part.size())) > 0;) {
      all.append(part.data(), static_cast<size_t>(size));
    }
    return all;
  }
  std::array<int, 2> ends{-1, -1};
};

TEST(LogWriter, WritesAllLinesInOrderBeforeItEnds) {
  Pipe pipe;
  std::string expected;
  {
    LogWriter log(pipe.ends[1]);
    for (int i = 0; i < 1000; ++i) {
      const std::string line = "line " + std::to_string(i) + "\n";
      log.write(line);
      expected += line;
    }
  }
  EXPECT_EQ(pipe.rest(), expected);
}

TEST(LogWriter, NobodyWaitsForAPipeThatNobodyReads) {
  Pipe pipe;
  const std::string line = std::string(999, 'x') + "\n";
  {
    LogWriter log(pipe.ends[1], 100'000);
    for (int i = 0; i < 10'000; ++i) log.write(line);  // far more than pipe and memory hold
  }
  const std::string written = pipe.rest();
  EXPECT_GT(written.size(), 0U);
  EXPECT_LT(written.size(), 1'000'000U);
}

TEST(LogWriter, SaysHowMuchItDropped) {
  Pipe pipe;
  std::string written;
  {
    LogWriter log(pipe.ends[1], 2000);
    for (int i = 0; i < 1000; ++i) log.write(std::string(999, 'x') + "\n");
    // Room again: what comes next is written with the number before it.
    fcntl(pipe.ends[0], F_SETFL, O_NONBLOCK);
    std::array<char, 4096> part;
    for (int rounds = 0; rounds < 2000 && written.find("dropped") == std::string::npos; ++rounds) {
      log.write("more\n");
      const ssize_t size = read(pipe.ends[0], part.data(), part.size());
      if (size > 0) written.append(part.data(), static_cast<size_t>(size));
      usleep(1000);
    }
  }
  EXPECT_NE(written.find("lines of the log were dropped"), std::string::npos);
}

TEST(LogWriter, AClosedReaderCostsNothingButTheLines) {
  signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  close(pipe.ends[0]);
  LogWriter log(pipe.ends[1]);
  for (int i = 0; i < 100; ++i) log.write("line\n");
}

}  // namespace
}  // namespace jnlp
