#include "llm/method_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "report/statistics.h"

namespace jnlp {
namespace {

// Read before every measured prompt, so that nothing of the prompt is left in a runtime's memory of
// the last one.
constexpr const char* kOtherPrompt = "#";

std::optional<Spread> spread_if_any(const std::vector<double>& values) {
  return values.empty() ? std::nullopt : std::optional(spread_of(values));
}

}  // namespace

MethodRun::MethodRun(const MethodPlan& plan, const ComparisonOptions& options)
    : plan_(plan), options_(options) {
  result_.method = plan.method;
  for (const std::string& prompt : options.prompts) {
    PromptResult one;
    one.prompt = prompt;
    result_.prompts.push_back(std::move(one));
  }
}

void MethodRun::step(const std::function<void()>& work) {
  if (!result_.failure.empty()) return;
  try {
    work();
  } catch (const Error& error) {
    result_.failure = error.what();
    runtime_.reset();
  }
}

void MethodRun::load() {
  step([&] {
    const Progress progress(plan_.method + ": loading", 0);
    runtime_ = plan_.make();
    result_.load = runtime_->load();
    result_.model = runtime_->model();
    result_.weights = runtime_->weights();
    result_.facts = runtime_->facts();
    // Buffers grow to the sizes of the prompts, clocks rise.
    runtime_->generate({options_.prompts.front(), options_.chat, 8, {}});
  });
}

void MethodRun::measure(int run) {
  step([&] {
    Progress progress(fmt::format("{}: run {} of {}", plan_.method, run + 1, options_.runs),
                      std::ssize(options_.prompts));
    Sums sums;
    for (PromptResult& result : result_.prompts) {
      runtime_->generate({kOtherPrompt, false, 1, {}});
      add(ask(result.prompt, &sums), &result, &sums);
      progress.add(1);
    }
    add_rates(sums);
  });
}

RuntimeAnswer MethodRun::ask(const std::string& prompt, Sums* sums) {
  energy_.start();
  RuntimeAnswer answer = runtime_->generate({prompt, options_.chat, options_.max_tokens, {}});
  const std::optional<double> joules = energy_.stop();
  if (!joules || !sums->joules) {
    sums->joules.reset();
  } else {
    *sums->joules += *joules;
  }
  return answer;
}

void MethodRun::add(const RuntimeAnswer& answer, PromptResult* result, Sums* sums) {
  if (!result->seconds.empty() && answer.text != result->text) result->same_in_all_runs = false;
  result->text = answer.text;
  result->prompt_tokens = answer.prompt_tokens;
  result->generated_tokens = answer.generated_tokens;
  result->seconds.push_back(answer.seconds);
  result->first_token_seconds.push_back(answer.first_token_seconds);
  sums->seconds += answer.seconds;
  sums->first_token_seconds += answer.first_token_seconds;
  if (answer.prompt_tokens < 0 || answer.generated_tokens < 0) {
    sums->counted = false;
    return;
  }
  sums->read += answer.prompt_tokens - answer.reused_tokens;
  sums->generated += answer.generated_tokens;
  if (answer.generated_tokens > 1) {
    sums->decoded += answer.generated_tokens - 1;
    sums->decode_seconds += answer.seconds - answer.first_token_seconds;
  }
  if (!answer.prefill_seconds || !answer.decode_seconds) {
    sums->own = false;
    return;
  }
  sums->own_prefill_seconds += *answer.prefill_seconds;
  sums->own_decode_seconds += *answer.decode_seconds;
  sums->own_decoded += answer.decode_tokens;
}

void MethodRun::add_rates(const Sums& sums) {
  const auto add = [](std::vector<double>* rates, int64_t count, double seconds) {
    if (count > 0 && seconds > 0) rates->push_back(static_cast<double>(count) / seconds);
  };
  if (!sums.counted) return;
  add(&whole_, sums.generated, sums.seconds);
  add(&prefill_, sums.read, sums.first_token_seconds);
  add(&decode_, sums.decoded, sums.decode_seconds);
  if (sums.joules && sums.generated > 0) {
    joules_.push_back(*sums.joules / static_cast<double>(sums.generated));
  }
  if (!sums.own) return;
  add(&own_prefill_, sums.read, sums.own_prefill_seconds);
  add(&own_decode_, sums.own_decoded, sums.own_decode_seconds);
}

void MethodRun::judge() {
  step([&] {
    result_.peak_memory = runtime_->peak_memory();
    result_.device_memory = runtime_->device_memory();
    if (!options_.perplexity_text.empty() && runtime_->scorer() != nullptr) {
      Progress progress(plan_.method + ": perplexity", 0);
      PerplexityOptions perplexity;
      perplexity.on_window = [&](int64_t done, int64_t) { progress.set(done); };
      result_.perplexity = runtime_->scorer()->perplexity(options_.perplexity_text, perplexity);
    }
    judge_quality();
  });
}

void MethodRun::judge_quality() {
  for (const QualitySet& set : options_.quality) {
    for (const QualityForm form : {QualityForm::scored, QualityForm::written}) {
      if (!has_form(*runtime_, set, form)) continue;
      Progress progress(fmt::format("{}: {}, {}", plan_.method, set.name, to_string(form)),
                        std::ssize(set.items));
      result_.quality.push_back(run_quality(*runtime_, set, form, [&] { progress.add(1); }));
      const size_t too_long = result_.quality.back().too_long;
      if (too_long > 0) {
        result_.notes.push_back(
            fmt::format("{} of {} prompts of {} were too long or refused; they "
                        "count as wrong",
                        too_long, set.items.size(), set.name));
      }
    }
  }
}

void MethodRun::summarize() {
  std::vector<double> seconds;
  std::vector<double> first_token_seconds;
  bool repeats = true;
  for (const PromptResult& prompt : result_.prompts) {
    seconds.insert(seconds.end(), prompt.seconds.begin(), prompt.seconds.end());
    first_token_seconds.insert(first_token_seconds.end(), prompt.first_token_seconds.begin(),
                               prompt.first_token_seconds.end());
    repeats = repeats && prompt.same_in_all_runs;
  }
  result_.latency_mean = mean(seconds);
  result_.latency_p50 = quantile(seconds, 0.5);
  result_.latency_p95 = quantile(seconds, 0.95);
  result_.latency_p99 = quantile(seconds, 0.99);
  result_.first_token_p50 = quantile(first_token_seconds, 0.5);
  result_.first_token_p95 = quantile(first_token_seconds, 0.95);
  result_.tokens_per_second = spread_if_any(whole_);
  result_.prefill_per_second = spread_if_any(prefill_);
  result_.decode_per_second = spread_if_any(decode_);
  result_.own_prefill_per_second = spread_if_any(own_prefill_);
  result_.own_decode_per_second = spread_if_any(own_decode_);
  if (!joules_.empty()) result_.joules_per_token = quantile(joules_, 0.5);
  result_.energy_sensor = energy_.sensor();
  if (whole_.empty()) {
    result_.notes.emplace_back("the runtime does not say how many tokens there were: no rates");
  }
  if (!repeats) result_.notes.emplace_back("its text was not the same in all runs");
}

MethodResult MethodRun::finish() {
  if (result_.failure.empty()) summarize();
  runtime_.reset();
  return std::move(result_);
}

}  // namespace jnlp
