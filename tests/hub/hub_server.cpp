#include "hub/hub_server.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include "base/file.h"

namespace jnlp::test {
namespace {

std::string read_line(int descriptor) {
  std::string line;
  char c = 0;
  while (::read(descriptor, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

[[noreturn]] void run_server(const std::string& script, const std::string& folder,
                             const std::string& certificate) {
  // A proxy of the machine the tests run on has no part in them.
  for (const char* name : {"http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"}) ::unsetenv(name);
  // -I and -S: nothing but the standard library is wanted, and it starts in half the time.
  for (const char* python : {"/usr/bin/python3", "python3"}) {
    ::execlp(python, python, "-IS", script.c_str(), folder.c_str(),
             certificate.empty() ? nullptr : certificate.c_str(), nullptr);
  }
  ::_exit(127);
}

}  // namespace

HubServer::HubServer(const std::filesystem::path& certificate)
    : scheme_(certificate.empty() ? "http" : "https") {
  const std::string script = test_file("hub/hub_server.py").string();
  int to_server[2];
  int from_server[2];
  if (::pipe2(to_server, O_CLOEXEC) != 0 || ::pipe2(from_server, O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot make a pipe");
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(to_server[0], STDIN_FILENO);
    ::dup2(from_server[1], STDOUT_FILENO);
    run_server(script, folder_.path().string(), certificate.string());
  }
  ::close(to_server[0]);
  ::close(from_server[1]);
  stdin_ = to_server[1];
  const std::string line = read_line(from_server[0]);
  ::close(from_server[0]);
  if (!line.empty()) ports_ = Json::parse(line);
}

HubServer::~HubServer() {
  ::close(stdin_);
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string HubServer::url(const std::string& server) const {
  return scheme_ + "://127.0.0.1:" + std::to_string(ports_.at(server).get<int>());
}

void HubServer::set_model(const std::string& id, const Json& scenario) const {
  std::string name = id;
  if (const size_t slash = name.find('/'); slash != std::string::npos) name.replace(slash, 1, "--");
  write_file(folder_.path() / (name + ".json"), scenario.dump());
}

std::vector<Json> HubServer::requests(const std::string& kind, const std::string& file) const {
  std::vector<Json> found;
  std::ifstream log(folder_.path() / "requests.jsonl");
  for (std::string line; std::getline(log, line);) {
    Json request = Json::parse(line);
    if (!kind.empty() && request["kind"] != kind) continue;
    if (!file.empty() && request.value("file", "") != file) continue;
    found.push_back(std::move(request));
  }
  return found;
}

Json small_model(int64_t bytes) {
  return {{"files",
           {{"config.json", {{"text", "{\"model_type\": \"bert\"}"}}},
            {"tokenizer.json", {{"text", "{\"version\": \"1.0\"}"}}},
            {"vocab.txt", {{"text", ""}}},
            {"1_Pooling/config.json", {{"text", "{\"pooling_mode_mean_tokens\": true}"}}},
            {"model.safetensors", {{"random", bytes}, {"seed", 7}, {"lfs", true}}},
            {"pytorch_model.bin", {{"random", 1000}, {"lfs", true}}},
            {"onnx/model.onnx", {{"random", 1000}, {"lfs", true}}},
            {"tf_model.h5", {{"random", 1000}, {"lfs", true}}},
            {"README.md", {{"text", "# A model\n"}}}}}};
}

HubConfig fast_config(const HubServer& server, const std::filesystem::path& cache) {
  HubConfig config;
  config.endpoint = server.url();
  config.cache_dir = cache;
  config.limits.backoff_ms = 2;
  config.limits.max_backoff_ms = 10;
  config.limits.stall_seconds = 10;  // a busy machine is no fault
  return config;
}

std::vector<std::string> files_below(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) continue;
    names.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace jnlp::test
