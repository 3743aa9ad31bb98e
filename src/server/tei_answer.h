#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "http/response.h"
#include "serve/cache_shard.h"
#include "serve/work_context.h"

namespace jnlp {

/// The JSON of an answer with the tokens that it took, as caches keep it.
std::string counted_body(int64_t tokens, const std::string& json);

/// Where a request's time goes, for the headers of its answer.
class TeiTimes {
 public:
  using Clock = std::chrono::steady_clock;

  /// For TaskService::answer.
  WorkTimes* work() { return &work_; }
  /// The texts are being made into tokens from now on.
  void start_tokenizing() { tokenizing_ = Clock::now(); }

  /// The answer with the headers of text-embeddings-inference, in whole milliseconds. Those of
  /// tokenizing, queue and inference are there only when this request had the model compute: not
  /// for a result from a cache.
  http::Response response(const std::string& counted_body, size_t characters) const;

 private:
  const Clock::time_point start_ = Clock::now();
  std::optional<Clock::time_point> tokenizing_;
  WorkTimes work_;
};

}  // namespace jnlp
