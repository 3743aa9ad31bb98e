#include "base/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace jnlp {
namespace {

std::string amount(int64_t value, Progress::Unit unit) {
  if (unit == Progress::Unit::items) return fmt::format("{}", value);
  const double size = static_cast<double>(value);
  if (size >= 1e9) return fmt::format("{:.2f} GB", size / 1e9);
  if (size >= 1e6) return fmt::format("{:.1f} MB", size / 1e6);
  return fmt::format("{:.0f} kB", size / 1e3);
}

std::string duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds);
  if (whole >= 3600) return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(std::string label, int64_t total, Unit unit)
    : label_(std::move(label)),
      total_(total),
      unit_(unit),
      terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (terminal_ && last_draw_ != Clock::time_point{}) std::fputs("\r\x1b[K", stderr);
}

void Progress::set(int64_t done) {
  done_ = done;
  if (!terminal_) return;
  const auto now = Clock::now();
  if (now - last_draw_ < std::chrono::milliseconds(100)) return;
  last_draw_ = now;
  draw();
}

void Progress::draw() {
  const double seconds = std::chrono::duration<double>(last_draw_ - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  std::string line = label_ + " ";
  if (total_ > 0) {
    constexpr int kBarWidth = 20;
    const double part = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
    const int filled = static_cast<int>(part * kBarWidth);
    line += fmt::format("[{:=<{}}{: <{}}] {:3.0f}% {}/{}", "", filled, "", kBarWidth - filled,
                        part * 100, amount(done_, unit_), amount(total_, unit_));
    if (rate > 0) {
      line += fmt::format(", {} left", duration(static_cast<double>(total_ - done_) / rate));
    }
  } else {
    line += amount(done_, unit_);
  }
  line += fmt::format(", {}/s", amount(static_cast<int64_t>(rate), unit_));
  if (!note_.empty()) line += ", " + note_;
  line.resize(std::min(line.size(), terminal_width() - 1));
  std::fputs(("\r" + line + "\x1b[K").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace jnlp
