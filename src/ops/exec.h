#pragma once

#include "base/thread_pool.h"
#include "kernels/kernels.h"

namespace jnlp {

/// What an operation runs on: passed down, never global.
struct Exec {
  const Kernels& kernels;
  ThreadPool& pool;
};

}  // namespace jnlp
