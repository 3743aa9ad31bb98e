#include "llm/server_process.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "llm/server_client.h"
#include "net/http_client.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr auto kPause = std::chrono::milliseconds(50);
constexpr int kLooksPerSearch = 10;  // a search for processes reads more than a look at them

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/proc", failed)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error == std::errc() && end == name.data() + name.size()) processes.push_back(process);
  }
  return processes;
}

fs::path folder_of(pid_t process) {
  return "/proc/" + std::to_string(process);
}

// "socket:[<inode>]" of the sockets that listen on the port, in a file like /proc/net/tcp.
void add_listening_sockets(const char* file, int port, std::set<std::string>* sockets) {
  constexpr std::string_view kListening = "0A";
  std::ifstream table(file);
  std::string line;
  std::getline(table, line);  // headings
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retries, user, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout >>
        inode;
    const size_t colon = local.rfind(':');
    if (state != kListening || colon == std::string::npos || inode.empty()) continue;
    int local_port = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), local_port, 16);
    if (local_port == port) sockets->insert("socket:[" + inode + "]");
  }
}

bool holds_one_of(pid_t process, const std::set<std::string>& sockets) {
  std::error_code failed;
  for (fs::directory_iterator entry(folder_of(process) / "fd", failed), end; entry != end;
       entry.increment(failed)) {
    if (failed) return false;
    std::error_code gone;
    if (sockets.contains(fs::read_symlink(entry->path(), gone).string())) return true;
  }
  return false;
}

// Programs that hold a port for somebody who may be elsewhere.
bool only_passes_on(pid_t process) {
  std::ifstream file(folder_of(process) / "comm");
  std::string name;
  std::getline(file, name);
  for (const std::string_view relay :
       {"docker-proxy", "rootlessport", "slirp4netns", "pasta", "conmon", "socat", "ssh", "sshd",
        "sshd-session", "nginx", "haproxy", "caddy", "envoy", "systemd"}) {
    if (name == relay) return true;
  }
  return false;
}

pid_t parent_of(pid_t process) {
  std::ifstream file(folder_of(process) / "stat");
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');  // the name may have blanks and brackets
  if (name_end == std::string::npos) return -1;
  std::istringstream fields(line.substr(name_end + 1));
  std::string state;
  pid_t parent = -1;
  fields >> state >> parent;
  return parent;
}

// -1 for a process that is gone.
int64_t resident_bytes(pid_t process) {
  std::ifstream file(folder_of(process) / "status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6)) * 1024;
  }
  return -1;
}

}  // namespace

std::vector<pid_t> listening_processes(const std::string& url) {
  const auto authority = authority_of(url);
  if (!authority || !is_loopback(authority->host)) return {};
  std::set<std::string> sockets;
  add_listening_sockets("/proc/net/tcp", authority->port, &sockets);
  add_listening_sockets("/proc/net/tcp6", authority->port, &sockets);
  std::vector<pid_t> found;
  if (sockets.empty()) return found;
  for (const pid_t process : all_processes()) {
    if (!holds_one_of(process, sockets)) continue;
    if (only_passes_on(process)) return {};
    found.push_back(process);
  }
  return found;
}

std::vector<pid_t> with_descendants(const std::vector<pid_t>& processes) {
  std::vector<std::pair<pid_t, pid_t>> parents;
  for (const pid_t process : all_processes()) parents.emplace_back(process, parent_of(process));
  std::vector<pid_t> tree = processes;
  for (size_t i = 0; i < tree.size(); ++i) {
    for (const auto& [process, parent] : parents) {
      const bool known = std::find(tree.begin(), tree.end(), process) != tree.end();
      if (parent == tree[i] && !known) tree.push_back(process);
    }
  }
  return tree;
}

void ServerMemory::find_processes() {
  const auto is_gone = [](pid_t process) { return resident_bytes(process) < 0; };
  if (listeners_.empty() || std::any_of(listeners_.begin(), listeners_.end(), is_gone)) {
    listeners_ = listening_processes(url_);
  }
  processes_ = listeners_.empty() ? listeners_ : with_descendants(listeners_);
}

void ServerMemory::look() {
  int64_t sum = 0;
  for (const pid_t process : processes_) sum += std::max<int64_t>(resident_bytes(process), 0);
  if (sum > 0) peak_ = std::max(peak_.value_or(0), sum);
}

ServerMemory::Watch::Watch(ServerMemory* memory) : memory_(memory), thread_([this] { run(); }) {}

ServerMemory::Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ending_.notify_one();
  thread_.join();
}

void ServerMemory::Watch::run() {
  std::unique_lock lock(mutex_);
  for (int looks = 0;; ++looks) {
    if (ended_ || looks % kLooksPerSearch == 0) memory_->find_processes();
    memory_->look();
    if (ended_) return;
    ending_.wait_for(lock, kPause, [this] { return ended_; });
  }
}

}  // namespace jnlp
