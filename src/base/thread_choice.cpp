#include "base/thread_choice.h"

#include <algorithm>
#include <cmath>

namespace jnlp {
namespace {

constexpr double kPayOff = 50;       // times a trial's loss are between it and the next trial,
constexpr double kLeastPayOff = 10;  // or so many times where kPayOff makes more than kMostPause
constexpr double kLeastPause = 0.2;  // seconds of steps between trials
constexpr double kMostPause = 10;
constexpr double kLatest = 0.25;  // weight of the latest step in the mean of a number's steps
constexpr double kMargin = 1.1;   // who is not better by this stays second

}  // namespace

// All, all but one for a machine with one other busy thread, and halves of it.
ThreadChoice::ThreadChoice(int most) {
  candidates_.push_back({most});
  if (most > 2) candidates_.push_back({most - 1});
  for (int threads = most / 2; threads >= 1; threads /= 2) {
    if (threads < candidates_.back().threads) candidates_.push_back({threads});
  }
}

int ThreadChoice::next() {
  taken_ = best_;
  const size_t others = candidates_.size() - 1;
  if (others > 0 && until_trial_ <= 0 && candidates_[best_].seconds > 0) {
    do {
      last_trial_ = (last_trial_ + others) % candidates_.size();
    } while (last_trial_ == best_);
    taken_ = last_trial_;
  }
  return candidates_[taken_].threads;
}

void ThreadChoice::took(double seconds) {
  until_trial_ -= seconds;
  if (taken_ == best_) {
    judge_best(seconds);
  } else {
    judge_trial(seconds);
  }
}

// A trial that came to nothing is not repeated at once: each could be disturbed.
void ThreadChoice::disturbed() {
  if (taken_ != best_) pay_off(0);
}

void ThreadChoice::pay_off(double seconds) {
  until_trial_ =
      std::clamp(kPayOff * seconds, kLeastPause, std::max(kMostPause, kLeastPayOff * seconds));
}

void ThreadChoice::judge_best(double seconds) {
  double& mean = candidates_[best_].seconds;
  mean += (seconds - mean) * (mean > 0 ? kLatest : 1);
  size_t better = best_;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const double other = candidates_[i].seconds;
    if (other > 0 && other < candidates_[better].seconds) better = i;
  }
  const double other = candidates_[better].seconds;
  if (other * kMargin >= mean) return;
  pay_off(seconds - other);
  best_ = better;
}

// What was known of it is of another time.
void ThreadChoice::judge_trial(double seconds) {
  candidates_[taken_].seconds = seconds;
  const double usual = candidates_[best_].seconds;
  pay_off(std::abs(seconds - usual));  // if it is better, a trial of the other one costs as much
  if (seconds * kMargin < usual) best_ = taken_;
}

}  // namespace jnlp
