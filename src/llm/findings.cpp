#include "llm/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "llm/comparison.h"

namespace jnlp {
namespace {

// A figure of one method with the range that it may be anywhere in.
struct Contender {
  std::string method;
  double value = 0;
  double low = 0;
  double high = 0;
};

void sort_by_value(std::vector<Contender>* contenders) {
  std::stable_sort(
      contenders->begin(), contenders->end(),
      [](const Contender& left, const Contender& right) { return left.value > right.value; });
}

std::string names_of(const std::vector<Contender>& contenders) {
  std::string names;
  for (size_t i = 0; i < contenders.size(); ++i) {
    names += (i == 0 ? "" : i + 1 == contenders.size() ? " and " : ", ") + contenders[i].method;
  }
  return names;
}

// The methods at the top that cannot be told from the first one.
std::vector<Contender> leaders(const std::vector<Contender>& sorted) {
  std::vector<Contender> found;
  for (const Contender& contender : sorted) {
    if (contender.high >= sorted.front().low) found.push_back(contender);
  }
  return found;
}

std::string fastest(const LlmComparison& comparison) {
  std::vector<Contender> contenders;
  for (const MethodResult& method : comparison.methods) {
    if (!method.failure.empty() || !method.decode_per_second) continue;
    const Spread& rate = *method.decode_per_second;
    contenders.push_back({method.method, rate.median, rate.min, rate.max});
  }
  if (contenders.size() < 2) return {};
  sort_by_value(&contenders);
  const std::vector<Contender> first = leaders(contenders);
  if (first.size() > 1) {
    return fmt::format(
        "Fastest: no clear difference between {}: their tokens per second overlap over the runs.",
        names_of(first));
  }
  return fmt::format("Fastest: {}, {:.1f} tokens/s after the first, {:.2f} times {} ({:.1f}).",
                     contenders[0].method, contenders[0].value,
                     contenders[0].value / contenders[1].value, contenders[1].method,
                     contenders[1].value);
}

std::string lightest(const LlmComparison& comparison) {
  std::vector<std::pair<int64_t, std::string>> contenders;
  for (const MethodResult& method : comparison.methods) {
    if (method.failure.empty() && method.peak_memory) {
      contenders.emplace_back(*method.peak_memory, method.method);
    }
  }
  if (contenders.size() < 2) return {};
  std::sort(contenders.begin(), contenders.end());
  const auto megabytes = [](int64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  return fmt::format("Lightest: {}, {:.0f} MB at the peak; {} takes {:.2f} times as much ({:.0f}).",
                     contenders[0].second, megabytes(contenders[0].first), contenders[1].second,
                     megabytes(contenders[1].first) / megabytes(contenders[0].first),
                     megabytes(contenders[1].first));
}

std::string most_accurate_at(const std::string& set, QualityForm form,
                             std::vector<Contender> contenders) {
  sort_by_value(&contenders);
  const std::string what = fmt::format("{} ({})", set, to_string(form));
  const std::vector<Contender> first = leaders(contenders);
  if (first.size() > 1) {
    return fmt::format("Most accurate at {}: no clear difference between {}: intervals overlap.",
                       what, names_of(first));
  }
  return fmt::format("Most accurate at {}: {}, {:.3f}, by {:.3f} before {}.", what,
                     contenders[0].method, contenders[0].value,
                     contenders[0].value - contenders[1].value, contenders[1].method);
}

// Per set the form that most methods were asked in: the written one, unless only the other is
// there.
std::vector<std::string> most_accurate(const LlmComparison& comparison) {
  std::map<std::pair<std::string, QualityForm>, std::vector<Contender>> contenders;
  std::vector<std::pair<std::string, QualityForm>> order;
  for (const MethodResult& method : comparison.methods) {
    if (!method.failure.empty()) continue;
    for (const QualityResult& quality : method.quality) {
      const auto key = std::pair(quality.set, quality.form);
      if (!contenders.contains(key)) order.push_back(key);
      contenders[key].push_back(
          {method.method, quality.accuracy, quality.interval.low, quality.interval.high});
    }
  }
  std::vector<std::string> sentences;
  for (const auto& key : order) {
    if (contenders[key].size() < 2) continue;
    sentences.push_back(most_accurate_at(key.first, key.second, contenders[key]));
  }
  return sentences;
}

std::string best_predictor(const LlmComparison& comparison) {
  const MethodResult* best = nullptr;
  const MethodResult* next = nullptr;
  for (const MethodResult& method : comparison.methods) {
    if (!method.failure.empty() || !method.perplexity) continue;
    const auto bits = [](const MethodResult* one) { return one->perplexity->bits_per_byte; };
    if (best == nullptr || bits(&method) < bits(best)) {
      next = best;
      best = &method;
    } else if (next == nullptr || bits(&method) < bits(next)) {
      next = &method;
    }
  }
  if (next == nullptr) return {};
  return fmt::format("Predicts text best: {}, {:.4f} bits per byte; {} {:.4f} ({:+.2f} %).",
                     best->method, best->perplexity->bits_per_byte, next->method,
                     next->perplexity->bits_per_byte,
                     (next->perplexity->bits_per_byte / best->perplexity->bits_per_byte - 1) * 100);
}

std::string other_models(const LlmComparison& comparison) {
  std::set<std::string> weights;
  std::vector<Contender> unknown;
  size_t methods = 0;
  for (const MethodResult& method : comparison.methods) {
    if (!method.failure.empty()) continue;
    ++methods;
    if (method.weights.empty()) {
      unknown.push_back({.method = method.method});
    } else {
      weights.insert(method.weights);
    }
  }
  if (weights.size() > 1) {
    return "The methods ran different models or files: what differs comes from these as much as "
           "from the runtimes.";
  }
  if (methods < 2 || unknown.empty()) return {};
  return fmt::format(
      "Which file {} ran is not known, a server only names its model: if it is another, what "
      "differs comes from that as much as from the runtimes.",
      names_of(unknown));
}

}  // namespace

std::vector<std::string> findings_of(const LlmComparison& comparison) {
  std::vector<std::string> findings;
  const auto add = [&](std::string sentence) {
    if (!sentence.empty()) findings.push_back(std::move(sentence));
  };
  add(fastest(comparison));
  add(lightest(comparison));
  for (std::string& sentence : most_accurate(comparison)) add(std::move(sentence));
  add(best_predictor(comparison));
  add(other_models(comparison));
  return findings;
}

}  // namespace jnlp
