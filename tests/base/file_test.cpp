#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no Error was thrown";
  return ErrorCode::internal;
}

TEST(File, RoundTripKeepsEveryByte) {
  const test::TemporaryDir dir;
  std::string bytes;
  for (int i = 0; i < 300000; ++i) bytes.push_back(static_cast<char>(i * 7));
  write_file(dir.path() / "f", bytes);
  EXPECT_EQ(read_file(dir.path() / "f"), bytes);
}

TEST(File, ReadsFilesThatStateNoSize) {
  EXPECT_FALSE(read_file("/proc/self/status").empty());
}

TEST(File, MissingFileAndDirectoryAreNamedErrors) {
  const test::TemporaryDir dir;
  EXPECT_EQ(code_of([&] { read_file(dir.path() / "none"); }), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { read_file(dir.path()); }), ErrorCode::invalid_input);
  EXPECT_EQ(code_of([&] { write_file(dir.path() / "none/f", "x"); }), ErrorCode::not_found);
}

TEST(AtomicFile, WithoutCommitNothingIsLeft) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "f", "old");
  {
    AtomicFile file(dir.path() / "f");
    file.write("new");
  }
  EXPECT_EQ(read_file(dir.path() / "f"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

int files_in(const test::TemporaryDir& dir) {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator(dir.path()), {}));
}

// Where a process ends that was killed in the middle of writing.
void write_until_killed(const std::filesystem::path& path, AtomicFile::Temporary temporary) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    AtomicFile file(path, temporary);
    file.write("half");
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

// Whether the file system of the tests has files without a name.
bool has_nameless_files(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

TEST(AtomicFile, AKilledProcessLeavesNothing) {
  const test::TemporaryDir dir;
  if (!has_nameless_files(dir.path())) GTEST_SKIP() << "the file system has no nameless files";
  write_file(dir.path() / "f", "old");
  write_until_killed(dir.path() / "f", AtomicFile::Temporary::nameless);
  EXPECT_EQ(read_file(dir.path() / "f"), "old");
  EXPECT_EQ(files_in(dir), 1);
  write_until_killed(dir.path() / "f", AtomicFile::Temporary::named);
  EXPECT_EQ(files_in(dir), 2);
}

TEST(AtomicFile, ANamedFileIsWrittenByName) {
  const test::TemporaryDir dir;
  AtomicFile file(dir.path() / "f", AtomicFile::Temporary::named);
  write_file(file.temporary_path(), "by name");
  EXPECT_FALSE(std::filesystem::exists(dir.path() / "f"));
  file.commit();
  EXPECT_EQ(read_file(dir.path() / "f"), "by name");
  EXPECT_EQ(files_in(dir), 1);
}

// A leftover under the temporary name, as of a process with the same number in another container.
TEST(AtomicFile, ATakenNameIsWrittenOver) {
  const test::TemporaryDir dir;
  const AtomicFile probe(dir.path() / "f", AtomicFile::Temporary::nameless);
  const std::string last = probe.temporary_path().string();
  const size_t number = last.rfind('-') + 1;
  const auto next = last.substr(0, number) + std::to_string(std::stoi(last.substr(number)) + 1);
  std::ofstream(next) << "a much longer leftover";
  {
    AtomicFile dropped(dir.path() / "f");
    dropped.write("new");
    EXPECT_EQ(dropped.temporary_path().string(), next);
    EXPECT_EQ(read_file(next), "new");  // it took the way with a name
  }
  EXPECT_FALSE(std::filesystem::exists(next));
  EXPECT_FALSE(std::filesystem::exists(dir.path() / "f"));
}

TEST(AtomicFile, BothWaysGiveThePermissionsThatTheUserWants) {
  const test::TemporaryDir dir;
  const mode_t old = ::umask(027);
  for (const auto temporary : {AtomicFile::Temporary::nameless, AtomicFile::Temporary::named}) {
    AtomicFile file(dir.path() / "f", temporary);
    file.write("x");
    file.commit();
    EXPECT_EQ(std::filesystem::status(dir.path() / "f").permissions(),
              static_cast<std::filesystem::perms>(0640));
  }
  ::umask(old);
}

TEST(AtomicFile, ANameThatIsTooLongFailsBeforeTheWork) {
  const test::TemporaryDir dir;
  EXPECT_EQ(code_of([&] { AtomicFile(dir.path() / std::string(300, 'n')); }), ErrorCode::io);
}

TEST(AtomicFile, FailedWriteLeavesTheOldFile) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "f", "old");
  rlimit old_limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const ErrorCode code = code_of([&] { write_file(dir.path() / "f", std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &old_limit);
  EXPECT_EQ(code, ErrorCode::io);
  EXPECT_EQ(read_file(dir.path() / "f"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(MappedFile, ShowsTheBytesAndOutlivesTheName) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "f", "content");
  const MappedFile file(dir.path() / "f");
  std::filesystem::remove(dir.path() / "f");
  const std::string text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  EXPECT_EQ(text, "content");
}

TEST(MappedFile, EmptyFileIsNoBytes) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "f", "");
  EXPECT_TRUE(MappedFile(dir.path() / "f").bytes().empty());
}

TEST(Json, FaultNamesInputAndCode) {
  try {
    parse_json("{\"a\": }", "config.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input);
    EXPECT_NE(std::string(error.what()).find("config.json"), std::string::npos);
  }
}

TEST(Json, DumpNeverThrowsOnDamagedText) {
  EXPECT_EQ(dump_json(Json{{"a", "x\xFFy"}}), "{\"a\":\"x\xEF\xBF\xBDy\"}");
}

}  // namespace
}  // namespace jnlp
