#include "llm/huggingface_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/stopwatch.h"
#include "base/utf8.h"
#include "llm/child_process.h"
#include "llm/huggingface_script.h"
#include "llm/json_fields.h"
#include "llm/page_cache.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

std::string python_of(const HuggingfaceOptions& options) {
  if (!options.python.empty()) return options.python;
  const char* named = std::getenv("JNLP_PYTHON");
  return named == nullptr || *named == '\0' ? "python3" : named;
}

ErrorCode code_named(const std::string& name) {
  for (const ErrorCode code :
       {ErrorCode::invalid_input, ErrorCode::not_found, ErrorCode::unsupported}) {
    if (name == to_string(code)) return code;
  }
  return ErrorCode::internal;
}

void check_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return;
  throw Error(ErrorCode::invalid_input, "the text is not well-formed UTF-8");
}

// VmHWM; -1 for a process that is gone.
int64_t peak_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
  }
  return -1;
}

constexpr const char* kInstall = "python3 -m pip install torch transformers";

std::unique_ptr<ChildProcess> start_python(const HuggingfaceOptions& options) {
  const std::string python = python_of(options);
  try {
    return std::make_unique<ChildProcess>(
        std::vector<std::string>{python, "-c", kHuggingfaceScript});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw Error(ErrorCode::not_found,
                fmt::format("{}: install Python 3 and then '{}', or set JNLP_PYTHON to a Python "
                            "that has them",
                            error.what(), kInstall));
  }
}

// A Python process that has Transformers.
class Transformers {
 public:
  using OnEvent = std::function<void(const Json&)>;

  explicit Transformers(const HuggingfaceOptions& options);

  /// The answer to a command. @throws Error as the child says, and as ChildProcess.
  Json ask(const Json& command, const OnEvent& on_event = {});
  const Json& versions() const { return versions_; }
  int64_t peak_memory() const { return peak_; }

 private:
  double patience_;
  std::unique_ptr<ChildProcess> child_;
  Json versions_;
  int64_t peak_ = -1;
};

Transformers::Transformers(const HuggingfaceOptions& options)
    : patience_(options.patience_seconds), child_(start_python(options)) {
  versions_ =
      ask({{"model", options.model}, {"threads", options.threads}, {"device", options.device}});
}

Json Transformers::ask(const Json& command, const OnEvent& on_event) {
  child_->write_line(dump_json(command));
  for (;;) {
    const std::string line = child_->read_line(patience_);
    const Json answer = Json::parse(line, nullptr, false);
    if (!answer.is_object()) {
      throw Error(ErrorCode::io, fmt::format("Python answers what is not JSON: {}",
                                             replace_invalid_utf8(line.substr(0, 200))));
    }
    if (answer.contains("event")) {
      if (on_event) on_event(answer);
      continue;
    }
    peak_ = std::max(peak_, peak_of(child_->process()));
    if (!answer.contains("error")) return answer;
    throw Error(code_named(text_field(answer, "error")),
                "Transformers: " + text_field(answer, "message"));
  }
}

class HuggingfaceScorer : public TextScorer {
 public:
  HuggingfaceScorer(Transformers* transformers, int64_t context_size)
      : transformers_(transformers), context_size_(context_size) {}

  int64_t context_size() const override { return context_size_; }
  TextScore score(std::string_view context, std::string_view continuation) override;
  Perplexity perplexity(std::string_view text, const PerplexityOptions& options) override;

 private:
  Transformers* transformers_;
  int64_t context_size_;
};

TextScore HuggingfaceScorer::score(std::string_view context, std::string_view continuation) {
  check_utf8(context);
  check_utf8(continuation);
  const Json answer =
      transformers_->ask({{"do", "score"}, {"context", context}, {"continuation", continuation}});
  TextScore score;
  score.bytes = std::ssize(continuation);
  score.greedy = answer.at("greedy").get<bool>();
  for (const Json& value : answer.at("log_probabilities")) {
    score.log_probabilities.push_back(value.is_null() ? -std::numeric_limits<float>::infinity()
                                                      : value.get<float>());
  }
  return score;
}

Perplexity HuggingfaceScorer::perplexity(std::string_view text, const PerplexityOptions& options) {
  check_utf8(text);
  const auto on_event = [&](const Json& event) {
    if (options.on_window) options.on_window(count_field(event, "done"), count_field(event, "all"));
  };
  const Json answer = transformers_->ask(
      {{"do", "perplexity"}, {"text", text}, {"window", options.window}}, on_event);
  Perplexity perplexity;
  perplexity.value = answer.at("value").get<double>();
  perplexity.standard_error = answer.at("standard_error").get<double>();
  perplexity.bits_per_byte = answer.at("bits_per_byte").get<double>();
  perplexity.tokens = count_field(answer, "tokens");
  perplexity.windows = count_field(answer, "windows");
  return perplexity;
}

// The files of weights of a directory, or the GGUF file; none of a name.
std::vector<fs::path> weights_of(const std::string& model) {
  std::error_code failed;
  if (fs::is_regular_file(model, failed)) return {model};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(model, failed)) {
    const fs::path kind = entry.path().extension();
    if (kind == ".safetensors" || kind == ".bin") files.push_back(entry.path());
  }
  return files;
}

class HuggingfaceRuntime : public LlmRuntime {
 public:
  explicit HuggingfaceRuntime(const HuggingfaceOptions& options) : options_(options) {}

  std::string method() const override { return "huggingface"; }
  std::string model() const override { return options_.model; }
  std::string weights() const override { return options_.model; }
  RuntimeLoad load() override;
  OrderedJson facts() const override { return facts_; }
  RuntimeAnswer generate(const RuntimeRequest& request) override;
  TextScorer* scorer() override { return scorer_.get(); }
  std::optional<int64_t> peak_memory() const override;
  std::optional<int64_t> device_memory() override;

 private:
  Transformers& child();
  double timed_load();
  void note_facts();

  HuggingfaceOptions options_;
  std::unique_ptr<Transformers> transformers_;
  std::unique_ptr<HuggingfaceScorer> scorer_;
  Json model_facts_;
  double import_seconds_ = 0;
  OrderedJson facts_;
};

Transformers& HuggingfaceRuntime::child() {
  if (!transformers_) throw Error(ErrorCode::internal, "a model that was not loaded");
  return *transformers_;
}

double HuggingfaceRuntime::timed_load() {
  const Stopwatch stopwatch;
  const Json answer =
      child().ask({{"do", "load"}, {"model", options_.model}, {"device", options_.device}});
  model_facts_ = answer.at("facts");
  generate({.prompt = kLoadPrompt, .max_tokens = 1});
  return stopwatch.seconds();
}

RuntimeLoad HuggingfaceRuntime::load() {
  scorer_.reset();
  transformers_ = std::make_unique<Transformers>(options_);
  import_seconds_ =
      number_field(child().versions(), "import_seconds").value_or(0) +
      child().ask({{"do", "prepare"}, {"model", options_.model}}).value("seconds", 0.0);
  RuntimeLoad load;
  const std::vector<fs::path> weights = weights_of(options_.model);
  if (!weights.empty() && std::all_of(weights.begin(), weights.end(), drop_from_page_cache)) {
    load.cold_seconds = timed_load();
  } else {
    load.note = weights.empty()
                    ? "cold: only measured for a model in a directory or file"
                    : "cold: the system did not throw the weights out of the page cache";
    timed_load();
  }
  child().ask({{"do", "unload"}});
  load.warm_seconds = timed_load();
  scorer_ = std::make_unique<HuggingfaceScorer>(transformers_.get(),
                                                count_field(model_facts_, "context_size"));
  note_facts();
  return load;
}

void HuggingfaceRuntime::note_facts() {
  facts_ = OrderedJson::object();
  for (const char* key : {"architecture", "parameters", "dtype", "device", "context_size"}) {
    facts_[key] = model_facts_.at(key);
  }
  for (const char* key : {"transformers", "torch", "python", "threads"}) {
    facts_[key] = transformers_->versions().at(key);
  }
  facts_["import_seconds"] = import_seconds_;
  facts_["memory"] = "VmHWM of the Python process, the imported libraries included";
}

RuntimeAnswer HuggingfaceRuntime::generate(const RuntimeRequest& request) {
  check_utf8(request.prompt);
  const Json command = {{"do", "generate"},
                        {"prompt", request.prompt},
                        {"chat", request.chat},
                        {"max_tokens", request.max_tokens},
                        {"stop", request.stop}};
  RuntimeAnswer answer;
  const Stopwatch stopwatch;
  const Json result =
      child().ask(command, [&](const Json&) { answer.first_token_seconds = stopwatch.seconds(); });
  answer.seconds = stopwatch.seconds();
  answer.text = text_field(result, "text");
  if (answer.text.empty()) answer.first_token_seconds = answer.seconds;
  answer.prompt_tokens = count_field(result, "prompt_tokens");
  answer.generated_tokens = count_field(result, "generated_tokens");
  answer.prefill_seconds = number_field(result, "prefill_seconds");
  answer.decode_seconds = number_field(result, "decode_seconds");
  if (answer.decode_seconds) answer.decode_tokens = answer.generated_tokens - 1;
  return answer;
}

std::optional<int64_t> HuggingfaceRuntime::peak_memory() const {
  const int64_t peak = transformers_ ? transformers_->peak_memory() : -1;
  return peak < 0 ? std::nullopt : std::optional(peak);
}

std::optional<int64_t> HuggingfaceRuntime::device_memory() {
  if (facts_.at("device") == "cpu") return 0;
  return count_field(child().ask({{"do", "device_memory"}}), "bytes");
}

}  // namespace

std::unique_ptr<LlmRuntime> make_huggingface_runtime(const HuggingfaceOptions& options) {
  return std::make_unique<HuggingfaceRuntime>(options);
}

}  // namespace jnlp
