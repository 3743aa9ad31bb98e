#include "llm/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

constexpr size_t kMaxLine = size_t{64} << 20;
constexpr size_t kErrorTail = 2'000;
constexpr double kEndSeconds = 2;

void close_if_open(int* descriptor) {
  if (*descriptor >= 0) ::close(*descriptor);
  *descriptor = -1;
}

// Both ends are ours alone; the program gets copies of its ends.
struct Ends {
  int ours = -1;
  int theirs = -1;

  // A socket, since writing to a pipe whose reader is gone raises a signal.
  static Ends socket() {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) refuse();
    return {pair[0], pair[1]};
  }
  static Ends pipe() {
    int pair[2];
    if (::pipe2(pair, O_CLOEXEC) != 0) refuse();
    return {pair[0], pair[1]};
  }
  [[noreturn]] static void refuse() {
    throw Error(ErrorCode::io, fmt::format("cannot start a program: {}", std::strerror(errno)));
  }
};

int spawn(const std::vector<std::string>& command, const Ends (&streams)[3], pid_t* process) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i) {
    ::posix_spawn_file_actions_adddup2(&actions, streams[i].theirs, i);
  }
  const int error = ::posix_spawnp(process, words[0], &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> command) : name_(command.at(0)) {
  const Ends streams[3] = {Ends::socket(), Ends::pipe(), Ends::pipe()};
  const int error = spawn(command, streams, &process_);
  for (const Ends& stream : streams) ::close(stream.theirs);
  to_ = streams[0].ours;
  from_ = streams[1].ours;
  errors_ = streams[2].ours;
  if (error == 0) return;
  for (int* descriptor : {&to_, &from_, &errors_}) close_if_open(descriptor);
  throw Error(error == ENOENT || error == EACCES ? ErrorCode::not_found : ErrorCode::io,
              fmt::format("cannot start '{}': {}", name_, std::strerror(error)));
}

ChildProcess::~ChildProcess() {
  end();
  for (int* descriptor : {&from_, &errors_}) close_if_open(descriptor);
}

// How the program ended; "" when that is known already.
std::string ChildProcess::end() {
  close_if_open(&to_);
  if (process_ < 0) return "";
  int status = 0;
  const Stopwatch stopwatch;
  pid_t ended = 0;
  while ((ended = ::waitpid(process_, &status, WNOHANG)) == 0 &&
         stopwatch.seconds() < kEndSeconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (ended == 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, &status, 0);
  }
  process_ = -1;
  return describe(status);
}

void ChildProcess::read_errors() {
  char bytes[4096];
  const ssize_t got = ::read(errors_, bytes, sizeof bytes);
  if (got <= 0) {
    close_if_open(&errors_);
    return;
  }
  error_tail_.append(bytes, static_cast<size_t>(got));
  if (error_tail_.size() > kErrorTail) error_tail_.erase(0, error_tail_.size() - kErrorTail);
}

void ChildProcess::fail() {
  const std::string how = end();
  pollfd errors{errors_, POLLIN, 0};
  while (errors_ >= 0 && ::poll(&errors, 1, 0) > 0) read_errors();
  std::string tail = replace_invalid_utf8(error_tail_);
  while (tail.ends_with('\n')) tail.pop_back();
  throw Error(ErrorCode::io, fmt::format("{} {}{}{}", name_, how.empty() ? "has ended" : how,
                                         tail.empty() ? "" : ":\n", tail));
}

void ChildProcess::write_line(std::string_view line) {
  std::string bytes(line);
  bytes += '\n';
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t sent = to_ < 0 ? -1 : ::send(to_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR && to_ >= 0) continue;
    if (sent < 0) fail();
    rest.remove_prefix(static_cast<size_t>(sent));
  }
}

// Waits for more of its output. False at its end.
bool ChildProcess::fill(double patience_seconds) {
  const Stopwatch stopwatch;
  for (;;) {
    const double left = patience_seconds - stopwatch.seconds();
    if (left <= 0) {
      ::kill(process_, SIGKILL);
      end();
      throw Error(ErrorCode::deadline,
                  fmt::format("{} said nothing for {} s and was ended", name_, patience_seconds));
    }
    pollfd streams[2] = {{from_, POLLIN, 0}, {errors_, POLLIN, 0}};
    const auto wait_ms = static_cast<int>(std::min(left, 60.0) * 1000) + 1;
    if (::poll(streams, 2, wait_ms) < 0 && errno != EINTR) return false;
    if (streams[1].revents != 0) read_errors();
    if (streams[0].revents == 0) continue;
    char bytes[65536];
    const ssize_t got = ::read(from_, bytes, sizeof bytes);
    if (got <= 0) return false;
    pending_.append(bytes, static_cast<size_t>(got));
    return true;
  }
}

std::string ChildProcess::read_line(double patience_seconds) {
  size_t end = 0;
  while ((end = pending_.find('\n')) == std::string::npos) {
    if (process_ < 0 || pending_.size() > kMaxLine || !fill(patience_seconds)) fail();
  }
  std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return line;
}

}  // namespace jnlp
