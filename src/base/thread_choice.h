#pragma once

#include <cstddef>
#include <vector>

namespace jnlp {

/// How many threads a step should take that is done again and again and whose threads wait for each
/// other many times, learned from how long steps took. On a free machine that is all of them; where
/// others compute too, each wait is for a thread that has no processor, and a step with all threads
/// can take a hundred times as long as with one.
///
/// Other numbers are tried now and then, for a fiftieth of the time, or up to a tenth where a trial
/// takes very long: within 10 s of steps, or ten times what the trial lost. Not thread-safe.
class ThreadChoice {
 public:
  /// `most` at least 1.
  explicit ThreadChoice(int most);

  /// Threads for the next step, of which took() or disturbed() is told then.
  int next();
  void took(double seconds);
  /// The step's time says nothing.
  void disturbed();

  /// The best number that is known.
  int best() const { return candidates_[best_].threads; }

 private:
  struct Candidate {
    int threads = 1;
    double seconds = 0;  // of a step, lately; 0: not known
  };

  void pay_off(double seconds);
  void judge_best(double seconds);
  void judge_trial(double seconds);

  std::vector<Candidate> candidates_;  // from the most threads to the fewest
  size_t best_ = 0;
  size_t taken_ = 0;        // for the step that runs
  size_t last_trial_ = 0;   // trials go round, from the fewest threads up
  double until_trial_ = 0;  // seconds of steps
};

}  // namespace jnlp
