#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace jnlp {

/// What stands for "no model" where one is named.
inline constexpr const char* kNoModel = "none";

/// A task of a server, and how its models come and go.
struct ModelToLoad {
  std::string task;
  std::string model;  ///< to begin with, as the user named it; or kNoModel
  /// The user asked for it: without it the server ends. Else the task is left out.
  bool required = false;
  /// Loads a model of that name and puts it into the task's slot, in place of the one before.
  std::function<void(const std::string& model)> load;
  std::function<void(const std::string& reason)> missing;  ///< leaves the slot without a model
};

/// Loads models, one at a time: those that a server begins with on a thread of its own, while the
/// server runs already, and later others in their place.
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
    std::string next;    ///< model that is being loaded to take its place
    std::string failed;  ///< why the last one that should have done so did not
  };

  /// Loads the models to begin with; once.
  void start();
  std::vector<Status> statuses() const;
  /// Nothing is left of what start() loads.
  bool done() const { return done_.load(); }
  /// What made a required model fail, or null.
  std::exception_ptr failure() const;

  /// Gives a task another model, or none. Returns when it is loaded; requests go to the old one
  /// until then. If it cannot be loaded, the old one stays. Thread-safe.
  /// @throws http::HttpError 422 with the reason, also for an unknown task; 409 while another model
  ///   is being loaded.
  Status change(const std::string& task, const std::string& model);

 private:
  class Turn;

  void run();
  void load(size_t index);
  void swap(size_t index, const std::string& model);
  size_t index_of(const std::string& task) const;
  void set(size_t index, const std::string& model, State state, double seconds,
           const std::string& reason);

  const std::vector<ModelToLoad> models_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> done_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Status> statuses_;
  std::exception_ptr failure_;
  bool is_busy_ = true;  // with loading or about to begin with it
  std::thread thread_;
};

/// "waiting", "loading", "ready" or "missing".
const char* to_string(ModelLoading::State state);
/// A line of the log for a task whose model was loaded, unloaded or is missing.
std::string status_line(const ModelLoading::Status& status);

}  // namespace jnlp
