// The pull command as a process: its output, its signals, several at once.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/file.h"
#include "hub/hub_fixture.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using test::HubTest;

class PullCommand : public HubTest {
 protected:
  struct Process {
    pid_t id = -1;
    fs::path output;
  };

  Process start(const std::string& arguments, const std::string& variables = "") const {
    static int count = 0;
    Process process;
    process.output = dir_.path() / ("output-" + std::to_string(count++));
    const std::string line = "exec env HF_HUB_CACHE=" + config_.cache_dir.string() +
                             " HF_ENDPOINT=" + config_.endpoint + " HOME=" + dir_.path().string() +
                             " " + variables + " " JNLP_PROGRAM " pull " + arguments + " > " +
                             process.output.string() + " 2> " + process.output.string() + ".err";
    process.id = ::fork();
    if (process.id == 0) {
      ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
      ::_exit(127);
    }
    return process;
  }

  /// The exit code, or minus the signal.
  static int wait(const Process& process) {
    int status = 0;
    ::waitpid(process.id, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  int run(const std::string& arguments, const std::string& variables = "") {
    const Process process = start(arguments, variables);
    const int code = wait(process);
    out_ = read_file(process.output);
    err_ = read_file(process.output.string() + ".err");
    return code;
  }

  /// Of the file on its way; 0 when there is none. A file that gets its final name while we look
  /// has no size any more (file_size() then gives the largest number there is).
  uintmax_t partial_bytes() const {
    std::error_code error;
    for (fs::directory_iterator entry(repo() / "blobs", error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().extension() != ".incomplete") continue;
      const uintmax_t bytes = entry->file_size(error);
      if (!error) return bytes;
    }
    return 0;
  }

  std::string out_;
  std::string err_;
};

TEST_F(PullCommand, PrintsTheDirectoryAndNothingElse) {
  ASSERT_EQ(run(kId), 0) << err_;
  ASSERT_FALSE(out_.empty());
  const fs::path path = out_.substr(0, out_.size() - 1);
  EXPECT_TRUE(fs::exists(path / "config.json"));
  EXPECT_NE(err_.find("5 files"), std::string::npos) << err_;
}

TEST_F(PullCommand, Json) {
  ASSERT_EQ(run("--json --revision main org/small"), 0) << err_;
  const Json result = Json::parse(out_);
  EXPECT_EQ(result.at("model"), kId);
  EXPECT_EQ(result.at("bytes"), result.at("bytes_downloaded"));
  EXPECT_EQ(result.at("files").size(), 5U);
  EXPECT_TRUE(fs::exists(fs::path(result.at("path").get<std::string>()) / "vocab.txt"));
  EXPECT_EQ(err_, "");
}

TEST_F(PullCommand, List) {
  ASSERT_EQ(run("--list"), 0) << err_;
  EXPECT_NE(out_.find("0 models"), std::string::npos) << out_;
  ASSERT_EQ(run(kId), 0);
  ASSERT_EQ(run("--list"), 0);
  EXPECT_NE(out_.find("org/small    200.1 kB"), std::string::npos) << out_;
  ASSERT_EQ(run("--list --json"), 0);
  EXPECT_EQ(Json::parse(out_).at(0).at("model"), kId);
}

TEST_F(PullCommand, ExitCodes) {
  EXPECT_EQ(run(""), 2);
  EXPECT_EQ(run("--list org/small"), 2);
  EXPECT_EQ(run("./somewhere"), 1);
  EXPECT_EQ(run("org/none"), 1);
  EXPECT_EQ(out_, "");
  EXPECT_NE(err_.find("org/none"), std::string::npos);
}

TEST_F(PullCommand, OfflineFindsWhatIsThere) {
  EXPECT_EQ(run(kId, "HF_HUB_OFFLINE=1"), 1);
  EXPECT_NE(err_.find("HF_HUB_OFFLINE"), std::string::npos) << err_;
  ASSERT_EQ(run(kId), 0);
  const std::string path = out_;
  const size_t requests = server_.requests().size();
  ASSERT_EQ(run(kId, "HF_HUB_OFFLINE=1"), 0) << err_;
  EXPECT_EQ(out_, path);
  EXPECT_EQ(run("--force org/small", "HF_HUB_OFFLINE=1"), 1);
  EXPECT_EQ(server_.requests().size(), requests);
}

TEST_F(PullCommand, ModelOfTheSetUp) {
  fs::create_directories(dir_.path() / "models/all-MiniLM-L6-v2");
  write_file(dir_.path() / "models/all-MiniLM-L6-v2/config.json", "{}");
  ASSERT_EQ(run("all-MiniLM-L6-v2", "JETSON_NLP_MODELS=" + (dir_.path() / "models").string()), 0);
  EXPECT_EQ(out_, (dir_.path() / "models/all-MiniLM-L6-v2").string() + "\n");
}

TEST_F(PullCommand, InterruptedDownloadIsResumed) {
  for (const int signal : {SIGINT, SIGKILL}) {
    fs::remove_all(config_.cache_dir);
    set_fault({{"at", "storage"},
               {"do", "slow"},
               {"step", 20'000},
               {"pause", 0.2},
               {"times", 1},
               {"name", signal}});
    const Process process = start(kId);
    while (partial_bytes() < 40'000) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ::kill(process.id, signal);
    EXPECT_EQ(wait(process), -signal);
    const uintmax_t kept = partial_bytes();
    EXPECT_LT(kept, 200'000U);
    EXPECT_FALSE(fs::exists(repo() / "snapshots"));
    ASSERT_EQ(run(kId), 0) << err_;
    EXPECT_EQ(server_.requests("storage").back().at("range"),
              "bytes=" + std::to_string(kept) + "-");
    EXPECT_EQ(partial_bytes(), 0U);
  }
}

TEST_F(PullCommand, TwoProcessesDownloadOnce) {
  set_fault({{"at", "storage"}, {"do", "slow"}, {"step", 20'000}, {"pause", 0.05}});
  const Process first = start(kId);
  const Process second = start(kId);
  EXPECT_EQ(wait(first), 0);
  EXPECT_EQ(wait(second), 0);
  EXPECT_EQ(read_file(first.output), read_file(second.output));
  EXPECT_EQ(server_.requests("storage").size(), 1U);
}

TEST_F(PullCommand, KilledHolderOfALockDoesNotBlock) {
  set_fault({{"at", "storage"}, {"do", "stall"}, {"after", 50'000}, {"times", 1}});
  const Process first = start(kId);
  while (partial_bytes() < 50'000) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Process second = start(kId);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ::kill(first.id, SIGKILL);
  wait(first);
  EXPECT_EQ(wait(second), 0);
}

class FullDisk : public PullCommand {
 protected:
  // Runs full_disk.sh; its exit code.
  int run_script(const std::string& unshare) {
    fs::create_directories(config_.cache_dir);
    const std::string line =
        unshare + " sh " + test::test_file("hub/full_disk.sh").string() + " " +
        config_.cache_dir.string() + " env HF_HUB_CACHE=" + config_.cache_dir.string() +
        " HF_ENDPOINT=" + config_.endpoint + " " JNLP_PROGRAM " pull org/small > " +
        (dir_.path() / "output").string() + " 2>&1";
    const int status = std::system(line.c_str());
    out_ = read_file(dir_.path() / "output");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // The way to a mount namespace here; "" when there is none.
  std::string unshare() const {
    for (const char* way : {"unshare -m", "unshare -rm"}) {
      const std::string probe = std::string(way) + " mount -t tmpfs none /tmp > /dev/null 2>&1";
      if (std::system(probe.c_str()) == 0) return way;
    }
    return "";
  }
};

TEST_F(FullDisk, KeepsThePartAndTheNextPullResumes) {
  const std::string way = unshare();
  if (way.empty()) {
    GTEST_SKIP() << "a small disk needs the right to mount one (root, or unshare -r)";
  }
  set_fault({{"at", "storage"}, {"do", "slow"}, {"step", 20'000}, {"pause", 0.2}, {"times", 1}});
  ASSERT_EQ(run_script(way), 0) << out_;
  EXPECT_NE(out_.find("first 1\nsnapshots 0\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("second 0\n"), std::string::npos) << out_;
  const std::string error = read_file(config_.cache_dir.string() + ".first");
  EXPECT_NE(error.find("No space left on device"), std::string::npos) << error;
  EXPECT_NE(error.find("bytes more are needed"), std::string::npos) << error;
  const auto requests = server_.requests("storage", "model.safetensors");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].at("range").get<std::string>().substr(0, 6), "bytes=");
}

}  // namespace
}  // namespace jnlp
