#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace jnlp {

/// One line on standard error that shows how far a long piece of work is, with its rate and the
/// time left. Draws nothing when standard error is not a terminal; no colour, so NO_COLOR holds.
class Progress {
 public:
  enum class Unit { items, bytes };

  /// `total` 0 means unknown.
  Progress(std::string label, int64_t total, Unit unit = Unit::items);
  /// Clears the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set(int64_t done);
  void add(int64_t done) { set(done_ + done); }
  /// Shown behind the counts, for example "loss 0.231".
  void note(std::string text) { note_ = std::move(text); }

 private:
  using Clock = std::chrono::steady_clock;
  void draw();

  std::string label_;
  int64_t total_;
  Unit unit_;
  int64_t done_ = 0;
  std::string note_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_draw_{};
};

}  // namespace jnlp
