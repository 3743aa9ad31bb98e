#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// Counts of values by size, as Prometheus has them. Thread-safe, without locks; what is read while
/// others write may lack their last values.
class Histogram {
 public:
  /// `bounds`: upper ends of the buckets, ascending; one without an end follows.
  explicit Histogram(std::vector<double> bounds);

  void observe(double value) noexcept;
  /// Lines of Prometheus' text format; `labels` without braces, may be empty.
  void write(std::string_view name, std::string_view labels, std::string* out) const;

  /// Powers of two of `first`.
  static std::vector<double> doubling(double first, int count);

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  std::atomic<double> sum_{0};
};

}  // namespace jnlp
