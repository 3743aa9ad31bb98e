#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "device/sensor.h"

namespace jnlp {

/// Reads sensors once a second on a thread of its own, as some take milliseconds, so that whoever
/// asks never waits. Without sensors there is no thread. Thread-safe.
class SensorWatch {
 public:
  explicit SensorWatch(Sensors sensors);
  ~SensorWatch();
  SensorWatch(const SensorWatch&) = delete;
  SensorWatch& operator=(const SensorWatch&) = delete;

  /// The values of at most a second ago; those that could not be read then are not in it.
  std::vector<Reading> latest() const;

 private:
  void watch();
  std::vector<Reading> read();

  const Sensors sensors_;  // read by one thread at a time
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Reading> latest_;  // guarded by mutex_, as is what follows
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace jnlp
