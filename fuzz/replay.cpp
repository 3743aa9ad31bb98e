// Runs a fuzz target without libFuzzer, as a test: replay DIRECTORY [MUTATIONS]. First every file
// of the stored corpus, then damaged copies of them, the same ones each time.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "target.h"

// The sanitizers', where the program was built with them.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;

constexpr size_t kLongest = 4096;  // as for libFuzzer

std::string current;  // what the target is run with

// The input that ended the program is worth more than its stack.
void keep_current() {
  constexpr const char* kFile = "fuzz-crash.input";
  std::ofstream(kFile, std::ios::binary) << current;
  std::fprintf(stderr, "the input of %zu bytes is in %s\n", current.size(),
               fs::absolute(kFile).c_str());
}

void on_signal(int number) {
  keep_current();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void watch_for_crashes() {
  for (const int number : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) {
    if (__sanitizer_set_death_callback == nullptr || number == SIGABRT) {
      std::signal(number, on_signal);
    }
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_current);
}

std::vector<std::string> read_corpus(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// The target gets a copy of just this size, so that reading beyond it is seen.
void run(const std::string& input) {
  current = input;
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& inputs) : inputs_(inputs) {}

  std::string next() {
    std::string text = any();
    for (size_t i = below(4) + 1; i > 0; --i) damage(&text);
    if (text.size() > kLongest) text.resize(kLongest);
    return text;
  }

 private:
  size_t below(size_t limit) { return random_() % limit; }
  const std::string& any() { return inputs_[below(inputs_.size())]; }

  void damage(std::string* text) {
    const size_t at = below(text->size() + 1);
    const size_t length = below(30) + 1;
    const std::string& other = any();
    switch (text->empty() ? 1 : below(6)) {
      case 0:
        text->erase(at, length);
        break;
      case 1:  // a part of another input
        text->insert(at, other.substr(below(other.size() + 1), length));
        break;
      case 2:
        text->insert(at, text->substr(below(text->size()), length));
        break;
      case 3:
        text->insert(at, 1, "{}[]\",:;=%./\\\r\n \t0-9eE+*~#"[below(27)]);
        break;
      case 4:
        text->insert(at, 1, static_cast<char>(below(256)));
        break;
      default:
        (*text)[at % text->size()] ^= static_cast<char>(1 << below(8));
    }
  }

  const std::vector<std::string>& inputs_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY [MUTATIONS]\n", argv[0]);
    return 2;
  }
  watch_for_crashes();
  const std::vector<std::string> inputs = read_corpus(argv[1]);
  if (inputs.empty()) {
    std::fprintf(stderr, "%s holds no input\n", argv[1]);
    return 2;
  }
  for (const std::string& input : inputs) run(input);
  const long mutations = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 2000;
  Mutator mutator(inputs);
  for (long i = 0; i < mutations; ++i) run(mutator.next());
  std::printf("%zu inputs and %ld mutations of them\n", inputs.size(), mutations);
  return 0;
}
