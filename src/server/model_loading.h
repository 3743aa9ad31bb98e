#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace jnlp {

/// One model that a server is to have.
struct ModelToLoad {
  std::string task;
  std::string model;  ///< as the user named it
  /// The user asked for it: without it the server ends. Else the task is left out.
  bool required = false;
  std::function<void()> load;                              ///< loads it into its slot
  std::function<void(const std::string& reason)> missing;  ///< tells the slot that none will come
};

/// Loads models one after the other on a thread of its own, while the server runs already.
class ModelLoading {
 public:
  explicit ModelLoading(std::vector<ModelToLoad> models);
  /// Waits for the model that is being loaded; the others are left out.
  ~ModelLoading();
  ModelLoading(const ModelLoading&) = delete;
  ModelLoading& operator=(const ModelLoading&) = delete;

  enum class State { waiting, loading, ready, missing };
  struct Status {
    std::string task;
    std::string model;
    State state = State::waiting;
    double seconds = 0;  ///< that loading took
    std::string reason;  ///< why it is missing
  };

  std::vector<Status> statuses() const;
  /// Nothing is left to be loaded.
  bool done() const { return done_.load(); }
  /// What made a required model fail, or null.
  std::exception_ptr failure() const;

 private:
  void run();
  void load(size_t index);
  void set(size_t index, State state, double seconds, const std::string& reason);

  const std::vector<ModelToLoad> models_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> done_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Status> statuses_;
  std::exception_ptr failure_;
  std::thread thread_;
};

/// "waiting", "loading", "ready" or "missing".
const char* to_string(ModelLoading::State state);

}  // namespace jnlp
