#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "base/file.h"
#include "hub/hub_fixture.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using test::HubTest;
using Clock = std::chrono::steady_clock;

constexpr int64_t kBytes = 200'000;
constexpr const char* kWeights = "model.safetensors";

class DownloadFault : public HubTest {
 protected:
  void expect_whole(const PullResult& result) const {
    EXPECT_EQ(fs::file_size(result.path / kWeights), static_cast<uintmax_t>(kBytes));
    EXPECT_EQ(blobs(".incomplete"), 0);
    EXPECT_EQ(blobs(""), 5);
  }

  /// What is in blobs/ with this ending ("" counts whole files).
  int blobs(const std::string& ending) const {
    int count = 0;
    if (!fs::exists(repo() / "blobs")) return 0;
    for (const std::string& name : test::files_below(repo() / "blobs")) {
      if (fs::path(name).extension() == ending) ++count;
    }
    return count;
  }

  std::vector<Json> weights_requests() const { return server_.requests("storage", kWeights); }

  void expect_nothing_visible() const {
    EXPECT_FALSE(fs::exists(repo() / "snapshots"));
    EXPECT_FALSE(fs::exists(repo() / "refs"));
  }
};

TEST_F(DownloadFault, CutBodyIsResumedWhereItBroke) {
  set_fault({{"at", "storage"}, {"do", "cut"}, {"after", 120'000}, {"times", 1}});
  expect_whole(pull());
  const auto requests = weights_requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].at("range"), "");
  EXPECT_EQ(requests[1].at("range"), "bytes=120000-");
}

TEST_F(DownloadFault, LineThatKeepsBreakingFailsAndTheNextPullResumes) {
  set_fault({{"at", "storage"}, {"do", "cut"}, {"after", 10'000}});
  EXPECT_ERROR(pull(), ErrorCode::io, "resume");
  EXPECT_EQ(blobs(".incomplete"), 1);
  expect_nothing_visible();
  EXPECT_EQ(weights_requests().size(), 5U);
  server_.set_model(kId, test::small_model());
  const PullResult result = pull();
  expect_whole(result);
  EXPECT_EQ(result.bytes_downloaded, kBytes - 50'000);
  EXPECT_EQ(weights_requests().back().at("range"), "bytes=50000-");
}

TEST_F(DownloadFault, ServerWithoutLengthThatEndsEarly) {
  set_fault(
      {{"at", "storage"}, {"do", "cut"}, {"no_length", true}, {"after", 70'000}, {"times", 1}});
  expect_whole(pull());
  EXPECT_EQ(weights_requests().back().at("range"), "bytes=70000-");
}

TEST_F(DownloadFault, ServerThatIgnoresRangesStartsOver) {
  Json scenario = test::small_model(kBytes);
  scenario["faults"] = {{{"at", "storage"}, {"do", "cut"}, {"after", 120'000}, {"times", 1}},
                        {{"at", "storage"}, {"do", "ignore_range"}, {"times", 1}}};
  server_.set_model(kId, scenario);
  const PullResult result = pull();
  expect_whole(result);
  EXPECT_EQ(weights_requests().size(), 2U);
  EXPECT_EQ(result.bytes_downloaded, result.bytes + 120'000);
}

TEST_F(DownloadFault, WrongRangeIsThrownAway) {
  Json scenario = test::small_model(kBytes);
  scenario["faults"] = {{{"at", "storage"}, {"do", "cut"}, {"after", 120'000}, {"times", 1}},
                        {{"at", "storage"}, {"do", "wrong_range"}, {"times", 1}}};
  server_.set_model(kId, scenario);
  expect_whole(pull());
  EXPECT_EQ(weights_requests().back().at("range"), "");
}

TEST_F(DownloadFault, RangeNotSatisfiableStartsOver) {
  Json scenario = test::small_model(kBytes);
  scenario["faults"] = {{{"at", "storage"}, {"do", "cut"}, {"after", 120'000}, {"times", 1}},
                        {{"at", "storage"}, {"do", "status"}, {"status", 416}, {"times", 1}}};
  server_.set_model(kId, scenario);
  expect_whole(pull());
  EXPECT_EQ(weights_requests().back().at("range"), "");
}

TEST_F(DownloadFault, AlwaysRangeNotSatisfiableEnds) {
  set_fault({{"at", "storage"}, {"do", "status"}, {"status", 416}});
  EXPECT_ERROR(pull(), ErrorCode::io, "416");
}

TEST_F(DownloadFault, RubbishFromAnEarlierDownloadIsFound) {
  pull();
  const fs::path blob =
      fs::canonical(fs::directory_iterator(repo() / "snapshots")->path() / kWeights);
  for (const size_t size : {size_t{1'000}, size_t{kBytes}, size_t{kBytes + 1}}) {
    fs::remove(blob);
    write_file(blob.string() + ".incomplete", std::string(size, 'x'));
    expect_whole(pull());
  }
}

TEST_F(DownloadFault, WrongHashOnceIsRepeated) {
  set_fault({{"at", "storage"}, {"do", "flip"}, {"times", 1}});
  expect_whole(pull());
  EXPECT_EQ(weights_requests().size(), 2U);
}

TEST_F(DownloadFault, WrongHashAlwaysNeverEntersTheCache) {
  set_fault({{"at", "storage"}, {"do", "flip"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "checksum");
  EXPECT_EQ(weights_requests().size(), 2U);
  EXPECT_EQ(blobs(".incomplete"), 0);
  EXPECT_EQ(blobs(""), 4);  // the small files
  expect_nothing_visible();
}

TEST_F(DownloadFault, WrongHashOfAPlainFile) {
  set_fault({{"at", "file"}, {"path", "config.json"}, {"do", "flip"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "config.json");
  EXPECT_TRUE(weights_requests().empty());  // small files come first
}

TEST_F(DownloadFault, WrongSize) {
  for (const int64_t size : {kBytes - 1, kBytes + 1, int64_t{0}}) {
    set_fault({{"at", "storage"}, {"do", "resize"}, {"size", size}});
    EXPECT_ERROR(pull(), ErrorCode::io, "is not what");
    EXPECT_EQ(blobs(".incomplete"), 0);
    expect_nothing_visible();
  }
}

TEST_F(DownloadFault, AnswersWithoutALength) {
  set_fault({{"at", "storage"}, {"do", "plain"}, {"no_length", true}});
  expect_whole(pull());
  set_fault({{"at", "storage"}, {"do", "resize"}, {"size", kBytes + 1}, {"no_length", true}});
  EXPECT_ERROR(pull(kId, {true}), ErrorCode::io, "more than the 200000 bytes");
}

TEST_F(DownloadFault, ServerErrorsPass) {
  for (const int status : {500, 502, 503, 504, 429, 408}) {
    Json scenario = test::small_model(kBytes);
    for (const char* at : {"info", "tree", "file", "storage"}) {
      scenario["faults"].push_back(
          {{"at", at}, {"do", "status"}, {"status", status}, {"times", 1}});
    }
    server_.set_model(kId, scenario);
    expect_whole(pull(kId, {true}));
  }
}

TEST_F(DownloadFault, ServerErrorThatStays) {
  set_fault({{"at", "info"}, {"do", "status"}, {"status", 500}});
  EXPECT_ERROR(pull(), ErrorCode::io, "HTTP 500");
  EXPECT_EQ(server_.requests("info").size(), 5U);
}

TEST_F(DownloadFault, BusyServerThatStays) {
  set_fault({{"at", "storage"}, {"do", "status"}, {"status", 503}});
  EXPECT_ERROR(pull(), ErrorCode::overloaded, "HTTP 503");
  EXPECT_EQ(weights_requests().size(), 5U);
}

TEST_F(DownloadFault, RetryAfterIsHonoured) {
  set_fault({{"at", "info"},
             {"do", "status"},
             {"status", 429},
             {"headers", {{"Retry-After", "1"}}},
             {"times", 1}});
  const auto start = Clock::now();
  expect_whole(pull());
  EXPECT_GE(Clock::now() - start, std::chrono::seconds(1));
}

TEST_F(DownloadFault, RetryAfterThatIsTooLongIsAnError) {
  set_fault(
      {{"at", "info"}, {"do", "status"}, {"status", 429}, {"headers", {{"Retry-After", "86400"}}}});
  EXPECT_ERROR(pull(), ErrorCode::overloaded, "86400 s");
  EXPECT_EQ(server_.requests("info").size(), 1U);
}

TEST_F(DownloadFault, RetryAfterThatIsNoNumberIsNoPause) {
  set_fault({{"at", "info"},
             {"do", "status"},
             {"status", 503},
             {"headers", {{"Retry-After", "soon"}}},
             {"times", 1}});
  expect_whole(pull());
}

TEST_F(DownloadFault, SlowDripIsBrokenOff) {
  config_.limits.stall_seconds = 1;
  config_.limits.max_attempts = 1;
  set_fault({{"at", "storage"}, {"do", "drip"}});
  EXPECT_ERROR(pull(), ErrorCode::deadline, "resume");
  EXPECT_EQ(blobs(".incomplete"), 1);
}

TEST_F(DownloadFault, StalledBodyIsResumed) {
  config_.limits.stall_seconds = 1;
  set_fault({{"at", "storage"}, {"do", "stall"}, {"after", 1'500}, {"times", 1}});
  expect_whole(pull());
  EXPECT_EQ(weights_requests().back().at("range"), "bytes=1500-");
}

TEST_F(DownloadFault, ServerThatNeverAnswers) {
  config_.limits.stall_seconds = 1;
  config_.limits.max_attempts = 1;
  set_fault({{"at", "info"}, {"do", "hang"}});
  EXPECT_ERROR(pull(), ErrorCode::deadline, "org/small");
}

TEST_F(DownloadFault, ConnectionClosedWithoutAnAnswer) {
  set_fault({{"at", "info"}, {"do", "close"}, {"times", 2}});
  expect_whole(pull());
}

TEST_F(DownloadFault, NobodyListens) {
  config_.endpoint = "http://127.0.0.1:1";
  EXPECT_ERROR(pull(), ErrorCode::io, "HF_HUB_OFFLINE");
}

TEST_F(DownloadFault, ProxyThatIsNotThere) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_ERROR(pull(), ErrorCode::io, "127.0.0.1");
}

TEST_F(DownloadFault, TooLittleSpaceIsSaidBeforeAnythingIsFetched) {
  Json scenario = test::small_model(kBytes);
  const int64_t huge = int64_t{1} << 45;
  scenario["raw_tree"] = {
      {{"type", "file"}, {"path", "config.json"}, {"size", 2}, {"oid", std::string(40, 'a')}},
      {{"type", "file"},
       {"path", kWeights},
       {"size", huge},
       {"oid", std::string(40, 'b')},
       {"lfs", {{"oid", std::string(64, 'c')}, {"size", huge}}}}};
  server_.set_model(kId, scenario);
  EXPECT_ERROR(pull(), ErrorCode::io, "free");
  EXPECT_TRUE(server_.requests("file").empty());
  expect_nothing_visible();
}

// A limit on the size of files stands for a full disk: write(2) fails in the middle the same way.
TEST_F(DownloadFault, DiskFullKeepsThePartAndTheNextPullResumes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const rlimit small{100'000, old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto error = test::error_of([&] { pull(); });
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code(), ErrorCode::io);
  EXPECT_NE(std::string(error->what()).find("100000 bytes more"), std::string::npos)
      << error->what();
  expect_nothing_visible();
  const PullResult result = pull();
  expect_whole(result);
  EXPECT_EQ(weights_requests().back().at("range"), "bytes=100000-");
}

TEST_F(DownloadFault, CacheThatCannotBeMade) {
  write_file(dir_.path() / "file", "");
  config_.cache_dir = dir_.path() / "file/hub";
  EXPECT_ERROR(pull(), ErrorCode::io, "HF_HUB_CACHE");
}

TEST_F(DownloadFault, RedirectsWithoutEnd) {
  set_fault({{"at", "storage"}, {"do", "redirect"}, {"to", "{storage}{self}"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "redirects");
}

TEST_F(DownloadFault, RedirectToAFileOfThisMachine) {
  set_fault({{"at", "storage"}, {"do", "redirect"}, {"to", "file:///etc/passwd"}});
  EXPECT_ERROR(pull(), ErrorCode::io, "not followed");
}

TEST_F(DownloadFault, FileThatIsGone) {
  set_fault({{"at", "file"},
             {"path", "config.json"},
             {"do", "status"},
             {"status", 404},
             {"headers", {{"X-Error-Code", "EntryNotFound"}}}});
  EXPECT_ERROR(pull(), ErrorCode::not_found, "gone");
}

}  // namespace
}  // namespace jnlp
