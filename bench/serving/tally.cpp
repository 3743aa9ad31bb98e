#include "tally.h"

#include <algorithm>
#include <string>

namespace jnlp {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr float kLateMs = 5;

float milliseconds(int64_t ns) {
  return static_cast<float>(static_cast<double>(ns) / kNsPerMs);
}

OrderedJson percentiles(std::vector<float> values) {
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {
    const auto place = static_cast<size_t>(share * static_cast<double>(values.size()));
    return shortest(values[std::min(place, values.size() - 1)]);
  };
  return {
      {"p50", at(0.50)}, {"p95", at(0.95)}, {"p99", at(0.99)}, {"max", shortest(values.back())}};
}

}  // namespace

void Tally::on_send(int64_t intended_ns, int64_t now_ns) {
  lags_.push_back(milliseconds(now_ns - intended_ns));
}

void Tally::on_answer(int status, int retry_after_s, int64_t intended_ns, int64_t now_ns) {
  ++by_status_[status];
  const int64_t latency = now_ns - intended_ns;
  if (status == 200) {
    answered_.push_back(milliseconds(latency));
    if (deadline_ns_ > 0 && latency > deadline_ns_) return;
    ++good_;
    const auto second = static_cast<size_t>(now_ns / 1'000'000'000);
    if (good_by_second_.size() <= second) good_by_second_.resize(second + 1);
    ++good_by_second_[second];
  } else if (status == 429 || status == 503) {
    refused_.push_back(milliseconds(latency));
    if (retry_after_s < 0) ++without_retry_after_;
    longest_retry_after_s_ = std::max(longest_retry_after_s_, retry_after_s);
  }
}

OrderedJson Tally::json(double seconds) const {
  OrderedJson by_status = OrderedJson::object();
  for (const auto& [status, count] : by_status_) by_status[std::to_string(status)] = count;
  const auto late =
      std::count_if(lags_.begin(), lags_.end(), [](float ms) { return ms > kLateMs; });
  const auto rate = [seconds](int64_t count) { return static_cast<double>(count) / seconds; };
  return {{"seconds", seconds},
          {"sent", sent()},
          {"sent_per_second", rate(sent())},
          {"by_status", std::move(by_status)},
          {"good", good_},
          {"good_per_second", rate(good_)},
          {"late_200", static_cast<int64_t>(answered_.size()) - good_},
          {"broken", broken_},
          {"unanswered", unanswered_},
          {"latency_ms", percentiles(answered_)},
          {"refusal_ms", percentiles(refused_)},
          {"refused_without_retry_after", without_retry_after_},
          {"longest_retry_after_s", longest_retry_after_s_},
          {"lag_ms", percentiles(lags_)},
          {"sent_over_5_ms_late", static_cast<int64_t>(late)},
          {"good_by_second", good_by_second_}};
}

}  // namespace jnlp
