#include "backends/llama/cpu_check.h"

#include <fmt/format.h>
#include <ggml-cpu.h>

#include <string>
#include <string_view>

#include "base/error.h"

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

namespace jnlp {
namespace {

std::string missing_features() {
  std::string missing;
  const auto need = [&](int built_with, bool has, std::string_view name) {
    if (built_with != 0 && !has) missing += fmt::format("{}{}", missing.empty() ? "" : ", ", name);
  };
#if defined(__x86_64__)
  // Extensions that the compiler's own check does not know everywhere (GCC 11).
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  const bool leaf_1 = __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0;
  const bool f16c = leaf_1 && (ecx & (1U << 29)) != 0;
  const bool leaf_7 = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0;
  const bool amx_int8 = leaf_7 && (edx & (1U << 25)) != 0;
  const bool leaf_7_1 = __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0;
  const bool avx_vnni = leaf_7_1 && (eax & (1U << 4)) != 0;
  const bool avx512_bf16 = leaf_7_1 && (eax & (1U << 5)) != 0;

  need(ggml_cpu_has_ssse3(), __builtin_cpu_supports("ssse3"), "SSSE3");
  need(ggml_cpu_has_avx(), __builtin_cpu_supports("avx"), "AVX");
  need(ggml_cpu_has_avx2(), __builtin_cpu_supports("avx2"), "AVX2");
  need(ggml_cpu_has_bmi2(), __builtin_cpu_supports("bmi2"), "BMI2");
  need(ggml_cpu_has_fma(), __builtin_cpu_supports("fma"), "FMA");
  need(ggml_cpu_has_f16c(), f16c, "F16C");
  need(ggml_cpu_has_avx_vnni(), avx_vnni, "AVX-VNNI");
  // What has any of AVX-512 and is not a many-core oddity has these four.
  need(ggml_cpu_has_avx512(),
       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"),
       "AVX-512");
  need(ggml_cpu_has_avx512_vbmi(), __builtin_cpu_supports("avx512vbmi"), "AVX512-VBMI");
  need(ggml_cpu_has_avx512_vnni(), __builtin_cpu_supports("avx512vnni"), "AVX512-VNNI");
  need(ggml_cpu_has_avx512_bf16(), avx512_bf16, "AVX512-BF16");
  need(ggml_cpu_has_amx_int8(), amx_int8, "AMX-INT8");
#elif defined(__aarch64__)
  const unsigned long has = getauxval(AT_HWCAP);
  const unsigned long has_2 = getauxval(AT_HWCAP2);
  need(ggml_cpu_has_fp16_va(), (has & HWCAP_ASIMDHP) != 0, "FP16");
  need(ggml_cpu_has_dotprod(), (has & HWCAP_ASIMDDP) != 0, "DOTPROD");
  need(ggml_cpu_has_sve(), (has & HWCAP_SVE) != 0, "SVE");
  need(ggml_cpu_has_matmul_int8(), (has_2 & HWCAP2_I8MM) != 0, "I8MM");
#endif
  return missing;
}

}  // namespace

void check_llama_cpu() {
  const std::string missing = missing_features();
  if (missing.empty()) return;
  throw Error(ErrorCode::unsupported,
              fmt::format("this program's llama.cpp was built for a CPU with {}, which this one "
                          "lacks; run 'tools/setup.sh llama' here and build it again",
                          missing));
}

}  // namespace jnlp
