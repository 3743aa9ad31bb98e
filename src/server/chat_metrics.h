#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "backends/text_generator.h"
#include "server/histogram.h"

namespace jnlp {

/// What is counted about the texts that language models write. Thread-safe.
class ChatMetrics {
 public:
  /// An answer waits or is being written, until end() or fail(). False, and counted as refused,
  /// when there are `most` already.
  bool try_begin(int64_t most);
  void end(const Generation& answer);
  void fail();
  int64_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

  /// Lines of Prometheus' text format.
  void write(std::string* out) const;

 private:
  Histogram first_token_seconds_{Histogram::doubling(0.001, 16)};
  std::array<std::atomic<uint64_t>, 5> by_reason_{};  // by FinishReason
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> refused_{0};
  std::atomic<uint64_t> prompt_tokens_{0};
  std::atomic<uint64_t> reused_tokens_{0};
  std::atomic<uint64_t> generated_tokens_{0};
  std::atomic<int64_t> in_flight_{0};
};

}  // namespace jnlp
