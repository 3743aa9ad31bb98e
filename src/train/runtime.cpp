#include "train/runtime.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "base/error.h"
#include "base/stopwatch.h"

namespace jnlp {
namespace {

// The reference BLAS reaches 2-4 on current cores, an optimized one 20 and more.
constexpr double kSlowGflops = 8;

double measure_gflops() {
  const at::Tensor a = at::ones({256, 384}), b = at::ones({384, 768});
  double best = 0;
  for (int i = 0; i < 4; ++i) {
    const Stopwatch stopwatch;
    at::mm(a, b);
    best = std::max(best, 2.0 * 256 * 384 * 768 / stopwatch.seconds() / 1e9);
  }
  return best;
}

}  // namespace

void prepare_runtime() {
  // Activations are freed and allocated anew in every step; giving their pages back to the system
  // each time costs more than 10 % of the run.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
  at::set_num_threads(1);
  // OpenBLAS has threads of its own; it is not linked by name, so that any BLAS will do.
  using SetThreads = void (*)(int);
  if (const auto set =
          reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
    set(1);
  }
  const double gflops = measure_gflops();
  if (gflops < kSlowGflops) {
    fmt::print(
        stderr,
        "note: matrix products reach only {:.1f} GFLOP/s a thread; install an optimized BLAS "
        "(Debian, Ubuntu: apt-get install libopenblas0-pthread) to train many times faster\n",
        gflops);
  }
}

c10::Device training_device(const std::string& name) {
  if (name != "auto" && name != "cpu" && name != "cuda") {
    throw Error(ErrorCode::invalid_input,
                fmt::format("unknown device '{}': auto, cpu or cuda", name));
  }
  const bool has_cuda = at::hasCUDA() && at::detail::getCUDAHooks().getNumGPUs() > 0;
  if (name == "cuda" && !has_cuda) {
    throw Error(
        ErrorCode::unsupported,
        "this libtorch finds no CUDA device; use --device cpu, or build with a libtorch that "
        "has CUDA");
  }
  return c10::Device(has_cuda && name != "cpu" ? at::kCUDA : at::kCPU);
}

}  // namespace jnlp
