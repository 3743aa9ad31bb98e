// Transformers in a child process: against the real ones where Python has them, and against
// stand-ins for all that can be wrong with a Python.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "base/json.h"
#include "llm/huggingface_runtime.h"
#include "llm/server_process.h"
#include "support/expect_error.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class StandIn : public testing::Test {
 protected:
  /// A runtime whose Python is this shell script.
  std::unique_ptr<LlmRuntime> runtime(const std::string& script, double patience = 60) const {
    const fs::path python = dir_.path() / "python";
    write_file(python, "#!/bin/sh\n" + script + "\n");
    ::chmod(python.c_str(), 0755);
    HuggingfaceOptions options;
    options.model = "tiny";
    options.python = python.string();
    options.patience_seconds = patience;
    return make_huggingface_runtime(options);
  }

  test::TemporaryDir dir_;
};

TEST_F(StandIn, PythonWithoutTheModules) {
  if (std::system("python3 -c '' 2>/dev/null") != 0) GTEST_SKIP() << "there is no python3";
  // -S: without the folders that packages are installed in.
  const auto without = runtime("exec python3 -IS \"$@\"");
  EXPECT_ERROR(without->load(), ErrorCode::not_found, "-m pip install torch transformers");
}

TEST_F(StandIn, NoPython) {
  HuggingfaceOptions options;
  options.python = (dir_.path() / "none").string();
  EXPECT_ERROR(make_huggingface_runtime(options)->load(), ErrorCode::not_found,
               "python3 -m pip install torch transformers");
}

TEST_F(StandIn, PythonIsNamedByTheEnvironment) {
  const char* before = std::getenv("JNLP_PYTHON");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("JNLP_PYTHON", "/no/such/python", 1);
  EXPECT_ERROR(make_huggingface_runtime({})->load(), ErrorCode::not_found, "/no/such/python");
  ::unsetenv("JNLP_PYTHON");
  if (before != nullptr) ::setenv("JNLP_PYTHON", kept.c_str(), 1);
}

TEST_F(StandIn, PythonThatDies) {
  EXPECT_ERROR(runtime("echo 'undefined symbol: cudnn' >&2; exit 3")->load(), ErrorCode::io,
               "undefined symbol: cudnn");
}

TEST_F(StandIn, PythonThatSaysNothing) {
  EXPECT_ERROR(runtime("exec sleep 1000", 0.05)->load(), ErrorCode::deadline, "said nothing");
}

TEST_F(StandIn, PythonThatSaysNonsense) {
  EXPECT_ERROR(runtime("echo hello; exec cat >/dev/null")->load(), ErrorCode::io, "not JSON");
}

TEST_F(StandIn, NothingWorksBeforeLoad) {
  const auto unloaded = runtime("exit 1");
  EXPECT_EQ(unloaded->scorer(), nullptr);
  EXPECT_FALSE(unloaded->peak_memory().has_value());
  EXPECT_ERROR(unloaded->generate({.prompt = "x"}), ErrorCode::internal, "not loaded");
}

// A tiny random GPT-2 that Python makes, with what it says computed there in the plainest way.
class RealTransformers : public testing::Test {
 protected:
  void SetUp() override {
    const char* named = std::getenv("JNLP_PYTHON");
    const std::string python = named == nullptr ? "python3" : named;
    const std::string script = test::test_file("llm/tiny_gpt2.py").string();
    const std::string make = python + " " + script + " " + dir_.path().string() + " 2>&1";
    std::string output;
    const int status = run(make, &output);
    if (status == 77 || status == 127) {
      GTEST_SKIP() << python << " has no torch and transformers; JNLP_PYTHON may name one that has";
    }
    ASSERT_EQ(status, 0) << output;
    expected_ = read_json_file(dir_.path() / "expected.json");
  }

  /// The exit code of a shell's command, and what it printed.
  static int run(const std::string& command, std::string* output) {
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return -1;
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) *output += static_cast<char>(c);
    const int status = ::pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void load() {
    HuggingfaceOptions options;
    options.model = dir_.path().string();
    options.threads = 1;
    runtime_ = make_huggingface_runtime(options);
    load_ = runtime_->load();
  }

  static void expect_near(const std::vector<float>& values, const Json& expected) {
    ASSERT_EQ(values.size(), expected.size());
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(values[i], expected[i].get<double>(), 1e-4) << i;
    }
  }

  /// The Python process.
  static pid_t child() { return with_descendants({::getpid()}).at(1); }

  test::TemporaryDir dir_;
  Json expected_;
  std::unique_ptr<LlmRuntime> runtime_;
  RuntimeLoad load_;
};

TEST_F(RealTransformers, Generates) {
  load();
  EXPECT_GT(load_.warm_seconds.value_or(0), 0);
  EXPECT_EQ(load_.cold_seconds.has_value(), load_.note.empty());
  EXPECT_EQ(runtime_->facts().at("architecture"), "GPT2LMHeadModel");
  EXPECT_EQ(runtime_->facts().at("dtype"), "float32");
  EXPECT_EQ(runtime_->facts().at("threads"), 1);
  EXPECT_GT(runtime_->peak_memory().value_or(0), int64_t{32} << 20);
  EXPECT_EQ(runtime_->device_memory(), 0);

  const RuntimeAnswer answer = runtime_->generate({.prompt = "Once upon", .max_tokens = 6});
  EXPECT_EQ(answer.text, expected_.at("continued"));
  EXPECT_EQ(answer.prompt_tokens, expected_.at("prompt_tokens"));
  EXPECT_EQ(answer.generated_tokens, 6);
  EXPECT_EQ(answer.decode_tokens, 5);
  EXPECT_GT(answer.prefill_seconds.value_or(0), 0);
  EXPECT_GT(answer.decode_seconds.value_or(0), 0);
  EXPECT_GT(answer.first_token_seconds, 0);
  EXPECT_LT(answer.first_token_seconds, answer.seconds);

  const std::string stop = answer.text.substr(2, 2);
  const RuntimeAnswer stopped =
      runtime_->generate({.prompt = "Once upon", .max_tokens = 6, .stop = {stop}});
  EXPECT_EQ(stopped.text, answer.text.substr(0, answer.text.find(stop)));
  EXPECT_LT(stopped.generated_tokens, 6);

  // The template adds the role, so that the same words are a longer prompt.
  const RuntimeAnswer chat = runtime_->generate({.prompt = "Once upon", .chat = true});
  EXPECT_GT(chat.prompt_tokens, answer.prompt_tokens + 2);
  EXPECT_ERROR(runtime_->generate({.prompt = ""}), ErrorCode::invalid_input, "no tokens");
  EXPECT_ERROR(runtime_->generate({.prompt = std::string(3'000, '.')}), ErrorCode::invalid_input,
               "context 64");
  EXPECT_ERROR(runtime_->generate({.prompt = "\xFF"}), ErrorCode::invalid_input, "UTF-8");
  EXPECT_EQ(runtime_->generate({.prompt = "Once upon", .max_tokens = 6}).text, answer.text);

  ::kill(child(), SIGKILL);
  EXPECT_ERROR(runtime_->generate({.prompt = "x"}), ErrorCode::io, "signal 9");
  EXPECT_ERROR(runtime_->generate({.prompt = "x"}), ErrorCode::io, "has ended");
}

TEST_F(RealTransformers, Scores) {
  load();
  TextScorer& scorer = *runtime_->scorer();
  EXPECT_EQ(scorer.context_size(), 64);
  const TextScore score = scorer.score("The quick", " brown \u00e4rger");
  expect_near(score.log_probabilities, expected_.at("scored"));
  EXPECT_EQ(score.bytes, 13);
  EXPECT_FALSE(score.greedy);
  // White space at the end of the context belongs to the continuation.
  expect_near(scorer.score("The quick ", "brown \u00e4rger").log_probabilities,
              expected_.at("scored"));
  expect_near(scorer.score("", "time").log_probabilities, expected_.at("scored_alone"));
  const Json& likeliest = expected_.at("greedy");
  EXPECT_TRUE(
      scorer.score(likeliest[0].get<std::string>(), likeliest[1].get<std::string>()).greedy);
  EXPECT_ERROR(scorer.score("a", ""), ErrorCode::invalid_input, "adds no token");
  EXPECT_ERROR(scorer.score("a", std::string(3'000, '.')), ErrorCode::invalid_input, "context 64");
  EXPECT_ERROR(scorer.score("\xFF", "a"), ErrorCode::invalid_input, "UTF-8");

  std::vector<int64_t> windows;
  PerplexityOptions options;
  options.window = expected_.at("window").get<int64_t>();
  options.on_window = [&](int64_t done, int64_t) { windows.push_back(done); };
  const std::string text = expected_.at("text").get<std::string>();
  const Perplexity perplexity = scorer.perplexity(text, options);
  const Json& wanted = expected_.at("perplexity");
  EXPECT_NEAR(perplexity.value / wanted.at("value").get<double>(), 1, 1e-4);
  EXPECT_NEAR(perplexity.standard_error / wanted.at("standard_error").get<double>(), 1, 1e-3);
  EXPECT_NEAR(perplexity.bits_per_byte / wanted.at("bits_per_byte").get<double>(), 1, 1e-4);
  EXPECT_EQ(perplexity.tokens, wanted.at("tokens"));
  EXPECT_EQ(perplexity.windows, wanted.at("windows"));
  EXPECT_EQ(windows.size(), static_cast<size_t>(perplexity.windows));
  options.window = 65;
  EXPECT_ERROR(scorer.perplexity(text, options), ErrorCode::invalid_input, "context's 64");
  EXPECT_ERROR(scorer.perplexity("Once"), ErrorCode::invalid_input, "needs a window of 64");
}

bool is_alive(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  return !line.empty() && line.find(") Z") == std::string::npos;
}

TEST_F(RealTransformers, ChildDiesWithUs) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {  // has a model loaded, and is then gone without a word
    load();
    const pid_t python = child();
    ::_exit(::write(ready[1], &python, sizeof python) == sizeof python ? 0 : 1);
  }
  pid_t python = -1;
  ::close(ready[1]);
  ASSERT_EQ(::read(ready[0], &python, sizeof python), static_cast<ssize_t>(sizeof python));
  ::close(ready[0]);
  ::waitpid(parent, nullptr, 0);
  for (int i = 0; i < 1'000 && is_alive(python); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(is_alive(python));
}

}  // namespace
}  // namespace jnlp
