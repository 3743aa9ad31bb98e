#include "kernels/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "base/error.h"

namespace jnlp {

// Constant tables, one per kernel file: nothing of such a file runs until it is chosen.
extern const Kernels kReferenceKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
#elif defined(__aarch64__)
extern const Kernels kNeonKernels;
#endif

namespace {

constexpr const char* kVariable = "JETSON_NLP_ISA";
constexpr std::array<std::string_view, 3> kKnownNames = {"reference", "avx2", "neon"};

}  // namespace

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels.push_back(&kAvx2Kernels);
  }
#elif defined(__aarch64__)
  kernels.push_back(&kNeonKernels);
#endif
  kernels.push_back(&kReferenceKernels);
  return kernels;
}

const Kernels& kernels_named(std::string_view name) {
  std::string usable;
  for (const Kernels* kernels : available_kernels()) {
    if (kernels->name == name) return *kernels;
    usable += fmt::format("{}{}", usable.empty() ? "" : ", ", kernels->name);
  }
  if (std::find(kKnownNames.begin(), kKnownNames.end(), name) == kKnownNames.end()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("there is no instruction set '{}'; {} may be unset or one of: {}", name,
                            kVariable, usable));
  }
  throw Error(ErrorCode::unsupported, fmt::format("this CPU has no {}; {} may be unset or one of: "
                                                  "{}",
                                                  name, kVariable, usable));
}

const Kernels& best_kernels() {
  static const Kernels& chosen = []() -> const Kernels& {
    const char* forced = std::getenv(kVariable);
    if (forced != nullptr && *forced != '\0') return kernels_named(forced);
    return *available_kernels().front();
  }();
  return chosen;
}

}  // namespace jnlp
