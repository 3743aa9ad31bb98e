#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace jnlp {

/// How much memory the process may have, looked at before a model is loaded. What is used is what
/// the process has now, with all that caches and the requests of the moment take; what a model
/// needs is an estimate, so a budget is a guard and no limit that the system keeps.
class MemoryBudget {
 public:
  /// `bytes` 0: any amount. `used` tells how much there is now, by default what is resident.
  explicit MemoryBudget(int64_t bytes, std::function<int64_t()> used = resident_bytes);

  /// @throws Error invalid_input, with what is needed, used and left, when it does not fit.
  void check(const std::string& model, int64_t estimated_bytes) const;

  int64_t bytes() const { return bytes_; }

  /// What this process has, after release_freed_memory().
  static int64_t resident_bytes();

 private:
  int64_t bytes_;
  std::function<int64_t()> used_;
};

/// For the start of a program that many threads serve for long: few of the heaps that the C library
/// gives threads, each of which keeps what its largest request took, and mappings of their own,
/// which go back to the system, for what has a megabyte or more.
void keep_memory_together();

/// Gives memory back to the system that was freed and that malloc still keeps: packing a model
/// takes a lot for a while.
void release_freed_memory();

}  // namespace jnlp
