#include "cli/server_end.h"

#include <cstdlib>

namespace jnlp {

LastResort::~LastResort() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LastResort::start(std::chrono::milliseconds time) {
  thread_ = std::thread([this, time] {
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, time, [this] { return is_over_; })) return;
    log_.write("jetson-nlp: the time to end is over; what still runs is given up\n");
    constexpr std::chrono::milliseconds kForTheLog{100};
    std::this_thread::sleep_for(kForTheLog);
    std::_Exit(EXIT_SUCCESS);
  });
}

}  // namespace jnlp
