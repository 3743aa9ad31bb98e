#include "kernels/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "base/error.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace jnlp {

// Constant tables, one per kernel file: nothing of such a file runs until it is chosen.
extern const Kernels kReferenceKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvxVnniKernels;
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx512VnniKernels;
extern const Kernels kAvx512Bf16Kernels;
extern const Kernels kAmxKernels;
#elif defined(__aarch64__)
extern const Kernels kNeonKernels;
extern const Kernels kNeonDotprodKernels;
extern const Kernels kNeonFp16Kernels;
extern const Kernels kNeonI8mmKernels;
#endif

namespace {

constexpr const char* kVariable = "JETSON_NLP_ISA";
constexpr std::array<std::string_view, 11> kKnownNames = {
    "amx",       "avx512_bf16", "avx512_vnni",  "avx512", "avx_vnni", "avx2",
    "neon_i8mm", "neon_fp16",   "neon_dotprod", "neon",   "reference"};

#if defined(__x86_64__)
// AMX: the CPU has it, and the system grants its tiles to this process (Linux gives them only on
// request).
bool has_amx() {
  constexpr unsigned kNeeded = 1U << 22 | 1U << 24 | 1U << 25;  // BF16, tiles, INT8
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((edx & kNeeded) != kNeeded) return false;
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

// Extensions that the compiler's own check, which also asks whether the system saves the registers,
// does not know everywhere (GCC 11, clang 14). They have no registers of their own.
bool has_f16c() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & (1U << 29)) != 0;
}
bool has_feature_of_leaf_7_1(unsigned bit) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1U << bit)) != 0;
}
bool has_avx_vnni() {
  return has_feature_of_leaf_7_1(4);
}
bool has_avx512_bf16() {
  return has_feature_of_leaf_7_1(5);
}
#endif

}  // namespace

std::span<const std::string_view> known_kernel_names() {
  return kKnownNames;
}

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> kernels;
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  const bool vnni = avx512 && __builtin_cpu_supports("avx512vnni");
  const bool bf16 = vnni && has_avx512_bf16();
  // Intel's vdpbf16ps takes four times as long as a fused multiply-add (measured on a Xeon
  // with AMX), so that widened weights are faster there. Other makers' was not measured.
  const bool slow_bf16 = __builtin_cpu_is("intel");
  if (bf16 && has_amx()) kernels.push_back(&kAmxKernels);
  if (bf16 && !slow_bf16) kernels.push_back(&kAvx512Bf16Kernels);
  if (vnni) kernels.push_back(&kAvx512VnniKernels);
  if (bf16 && slow_bf16) kernels.push_back(&kAvx512Bf16Kernels);
  if (avx512) kernels.push_back(&kAvx512Kernels);
  if (avx2 && has_avx_vnni()) kernels.push_back(&kAvxVnniKernels);
  if (avx2) kernels.push_back(&kAvx2Kernels);
#elif defined(__aarch64__)
  const bool dotprod = (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
  const bool fp16 = dotprod && (getauxval(AT_HWCAP) & HWCAP_ASIMDHP) != 0;
  // Every CPU known to have I8MM has FP16.
  if (fp16 && (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0) kernels.push_back(&kNeonI8mmKernels);
  // Faster than dotprod by its count of instructions; not measured yet.
  if (fp16) kernels.push_back(&kNeonFp16Kernels);
  if (dotprod) kernels.push_back(&kNeonDotprodKernels);
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
