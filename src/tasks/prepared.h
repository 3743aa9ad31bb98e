#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "tasks/batching.h"

namespace jnlp {

/// A task's work on some inputs, cut where the model is asked: for who has the model run elsewhere,
/// without a thread that waits for it.
template <typename Result>
struct Prepared {
  std::vector<Encoding> encodings;
  BatchLimits batch;
  /// Makes the result of one output for each encoding, once. The task must still be there.
  std::function<Result(std::vector<Output>)> finish;
};

template <typename T>
inline constexpr bool is_prepared = false;
template <typename Result>
inline constexpr bool is_prepared<Prepared<Result>> = true;

/// The same work, with `make` making something else of its result.
template <typename Result, typename Make>
auto then(Prepared<Result> prepared, Make make) {
  return Prepared<decltype(make(std::declval<Result>()))>{
      std::move(prepared.encodings), prepared.batch,
      [finish = std::move(prepared.finish), make = std::move(make)](std::vector<Output> outputs) {
        return make(finish(std::move(outputs)));
      }};
}

/// All of it, here and now.
/// @throws Error what the backend throws.
template <typename Result>
Result run_prepared(Backend& backend, const Prepared<Result>& prepared) {
  return prepared.finish(run_encodings(backend, prepared.encodings, prepared.batch));
}

}  // namespace jnlp
