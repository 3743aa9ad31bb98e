// Measures a tokenizer on a text file, on one thread: every line as a text of its own, and the
// whole file as one text. bench/compare_tokenizer_speed.py runs it in turns with other libraries.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "tokenize/tokenizer.h"

namespace jnlp {
namespace {

// Of the processor, in seconds: what else runs on the core does not count.
double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

struct Rate {
  size_t tokens = 0;
  std::vector<double> mb_per_s;  // of each pass
};

// Passes over all texts until the time is up, one before that is not counted.
Rate measure(const Tokenizer& tokenizer, const std::vector<std::string_view>& texts,
             double seconds) {
  size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size();
  Rate rate;
  const auto pass = [&] {
    rate.tokens = 0;
    const double start = processor_time();
    for (const std::string_view text : texts) rate.tokens += tokenizer.encode(text).size();
    return processor_time() - start;
  };
  pass();
  for (double spent = 0; spent < seconds;) {
    const double time = pass();
    spent += time;
    rate.mb_per_s.push_back(static_cast<double>(bytes) / time / 1e6);
  }
  std::sort(rate.mb_per_s.begin(), rate.mb_per_s.end());
  return rate;
}

Tokenizer load(const std::string& name) {
  return std::filesystem::is_directory(name) ? Tokenizer::from_directory(name)
                                             : Tokenizer::from_file(name);
}

void run(const std::string& name, const std::string& file, double seconds, bool as_json) {
  const Tokenizer tokenizer = load(name);
  const std::string text = read_file(file);
  if (text.empty()) throw Error(ErrorCode::invalid_input, file + " is empty");
  OrderedJson json = {{"bytes", text.size()}};
  const auto report = [&](const char* what, const std::vector<std::string_view>& texts) {
    const Rate rate = measure(tokenizer, texts, seconds);
    const std::vector<double>& r = rate.mb_per_s;
    json[what] = {{"texts", texts.size()},
                  {"tokens", rate.tokens},
                  {"mb_per_s", r[r.size() / 2]},
                  {"min", r.front()},
                  {"max", r.back()}};
    if (as_json) return;
    fmt::print("{:<8}{:>8} texts {:>9} tokens {:>8.2f} MB/s  [{:.2f}-{:.2f}]\n", what, texts.size(),
               rate.tokens, r[r.size() / 2], r.front(), r.back());
  };
  report("lines", lines_of(text));
  report("whole", {text});
  if (as_json) fmt::print("{}\n", dump_json(json));
}

}  // namespace
}  // namespace jnlp

int main(int argc, char** argv) {
  CLI::App app("Measures a tokenizer on one thread");
  std::string tokenizer;
  std::string text;
  double seconds = 1.0;
  bool as_json = false;
  app.add_option("tokenizer", tokenizer, "Tokenizer file or model directory")->required();
  app.add_option("text", text, "UTF-8 text")->required();
  app.add_option("--seconds", seconds, "Time for each of the two measurements");
  app.add_flag("--json", as_json, "One JSON object instead of lines");
  CLI11_PARSE(app, argc, argv);
  try {
    jnlp::run(tokenizer, text, seconds, as_json);
  } catch (const jnlp::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
