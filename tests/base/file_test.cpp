#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
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
