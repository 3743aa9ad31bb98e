#include "llm/child_process.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "support/expect_error.h"

namespace jnlp {
namespace {

constexpr double kPatience = 60;

ChildProcess shell(const std::string& script) {
  return ChildProcess({"sh", "-c", script});
}

TEST(ChildProcess, SpeaksInLines) {
  ChildProcess child({"cat"});
  const std::string large(30'000, 'x');
  for (const std::string& line : {std::string("one"), std::string(), large}) {
    child.write_line(line);
    EXPECT_EQ(child.read_line(kPatience), line);
  }
}

TEST(ChildProcess, SeveralLinesAtOnceAndSlowPieces) {
  ChildProcess child = shell("printf 'a\\nb\\nc'; sleep 0.05; printf 'd\\n'");
  EXPECT_EQ(child.read_line(kPatience), "a");
  EXPECT_EQ(child.read_line(kPatience), "b");
  EXPECT_EQ(child.read_line(kPatience), "cd");
}

TEST(ChildProcess, StandardErrorDoesNotBlockIt) {
  ChildProcess child = shell("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo done; cat");
  EXPECT_EQ(child.read_line(kPatience), "done");
}

TEST(ChildProcess, EndIsToldWithWhatItWrote) {
  ChildProcess child = shell("echo first; echo 'no space left' >&2; exit 3");
  EXPECT_EQ(child.read_line(kPatience), "first");
  EXPECT_ERROR(child.read_line(kPatience), ErrorCode::io, "exit code 3:\nno space left");
  EXPECT_ERROR(child.read_line(kPatience), ErrorCode::io, "has ended");
  EXPECT_ERROR(child.write_line("x"), ErrorCode::io, "has ended");
}

TEST(ChildProcess, KilledProgram) {
  ChildProcess child({"cat"});
  ::kill(child.process(), SIGKILL);
  EXPECT_ERROR(child.read_line(kPatience), ErrorCode::io, "signal 9");
}

TEST(ChildProcess, WritingToAnEndedProgramIsAnErrorAndNoSignal) {
  ChildProcess child = shell("exec <&-; echo closed; sleep 0.1");
  EXPECT_EQ(child.read_line(kPatience), "closed");
  EXPECT_ERROR(child.write_line("x"), ErrorCode::io, "sh ");
}

TEST(ChildProcess, SilentProgramIsEnded) {
  ChildProcess child({"sleep", "1000"});
  const pid_t process = child.process();
  EXPECT_ERROR(child.read_line(0.05), ErrorCode::deadline, "said nothing");
  EXPECT_EQ(::kill(process, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, EndsWithItsObject) {
  pid_t process = -1;
  {
    const ChildProcess child({"cat"});
    process = child.process();
    EXPECT_EQ(::kill(process, 0), 0);
  }
  EXPECT_EQ(::kill(process, 0), -1);
}

TEST(ChildProcess, NoSuchProgram) {
  EXPECT_ERROR(ChildProcess({"no-such-program-of-jnlp"}), ErrorCode::not_found,
               "no-such-program-of-jnlp");
}

}  // namespace
}  // namespace jnlp
