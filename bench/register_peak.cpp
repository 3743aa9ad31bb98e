#include "register_peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace jnlp {
namespace {

// A loop in assembler, so that no compiler moves a sum to memory: it runs `rounds` times and
// returns how many multiply-adds a round has. Sums are independent of each other and enough of them
// to hide the instruction's latency.
using Loop = int64_t (*)(int64_t rounds);

#define JNLP_TEN(step) \
  step(0) step(1) step(2) step(3) step(4) step(5) step(6) step(7) step(8) step(9)
#define JNLP_LABEL "1:\n\t"

#if defined(__x86_64__)

#define JNLP_CLEAR(i) "vpxor %%xmm" #i ",%%xmm" #i ",%%xmm" #i "\n\t"
#define JNLP_LOOP(name, step, multiply_adds)                                                     \
  int64_t name(int64_t rounds) {                                                                 \
    asm volatile(JNLP_TEN(JNLP_CLEAR) JNLP_CLEAR(13) JNLP_CLEAR(14) JNLP_CLEAR(15)               \
                     JNLP_LABEL JNLP_TEN(step) "dec %0\n\tjnz 1b\n\tvzeroupper"                  \
                 : "+r"(rounds)                                                                  \
                 :                                                                               \
                 : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", \
                   "xmm9", "xmm12", "xmm13", "xmm14", "xmm15");                                  \
    return 10 * (multiply_adds);                                                                 \
  }

#define JNLP_FMA_YMM(i) "vfmadd231ps %%ymm14,%%ymm15,%%ymm" #i "\n\t"
#define JNLP_FMA_ZMM(i) "vfmadd231ps %%zmm14,%%zmm15,%%zmm" #i "\n\t"
#define JNLP_DOT_YMM(i) "%{vex%} vpdpbusd %%ymm14,%%ymm15,%%ymm" #i "\n\t"
#define JNLP_DOT_ZMM(i) "vpdpbusd %%zmm14,%%zmm15,%%zmm" #i "\n\t"
#define JNLP_PAIRS(width, i)                                                                \
  "vpmaddubsw %%" width "14,%%" width "15,%%" width "12\n\tvpmaddwd %%" width "12,%%" width \
  "13,%%" width "12\n\tvpaddd %%" width "12,%%" width #i ",%%" width #i "\n\t"
#define JNLP_PAIRS_YMM(i) JNLP_PAIRS("ymm", i)
#define JNLP_PAIRS_ZMM(i) JNLP_PAIRS("zmm", i)

JNLP_LOOP(fma_ymm, JNLP_FMA_YMM, 8)
JNLP_LOOP(fma_zmm, JNLP_FMA_ZMM, 16)
JNLP_LOOP(pairs_ymm, JNLP_PAIRS_YMM, 32)
JNLP_LOOP(pairs_zmm, JNLP_PAIRS_ZMM, 64)
JNLP_LOOP(dot_ymm, JNLP_DOT_YMM, 32)
JNLP_LOOP(dot_zmm, JNLP_DOT_ZMM, 64)

// Four tiles of sums, as the kernel has; 16 x 16 x 64 multiply-adds each.
int64_t dot_tiles(int64_t rounds) {
  struct alignas(64) {
    uint8_t palette = 1, start_row = 0, reserved[14] = {};
    uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  } shapes;
  asm volatile("ldtilecfg %1\n\t" JNLP_LABEL
               "tdpbusd %%tmm6,%%tmm4,%%tmm0\n\ttdpbusd %%tmm7,%%tmm4,%%tmm1\n\t"
               "tdpbusd %%tmm6,%%tmm5,%%tmm2\n\ttdpbusd %%tmm7,%%tmm5,%%tmm3\n\t"
               "dec %0\n\tjnz 1b\n\ttilerelease"
               : "+r"(rounds)
               : "m"(shapes)
               : "cc");
  return int64_t{4} * 16 * 16 * 64;
}

const std::map<std::string_view, Loop> kFp32Loops = {
    {"avx2", fma_ymm},        {"avx_vnni", fma_ymm},    {"avx512", fma_zmm},
    {"avx512_vnni", fma_zmm}, {"avx512_bf16", fma_zmm}, {"amx", fma_zmm}};
const std::map<std::string_view, Loop> kInt8Loops = {
    {"avx2", pairs_ymm},      {"avx_vnni", dot_ymm},    {"avx512", pairs_zmm},
    {"avx512_vnni", dot_zmm}, {"avx512_bf16", dot_zmm}, {"amx", dot_tiles}};

#else

const std::map<std::string_view, Loop> kFp32Loops;
const std::map<std::string_view, Loop> kInt8Loops;

#endif

double seconds_of(Loop loop, int64_t rounds) {
  const auto start = std::chrono::steady_clock::now();
  loop(rounds);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The best of several short runs: what disturbs them makes them slower only.
double measure(Loop loop) {
  int64_t rounds = 1000;
  while (seconds_of(loop, rounds) < 2e-3) rounds *= 2;
  double best = 1e300;
  for (int run = 0; run < 10; ++run) best = std::min(best, seconds_of(loop, rounds));
  return static_cast<double>(rounds * loop(1)) / best / 1e9;
}

double peak(std::string_view isa, const std::map<std::string_view, Loop>& loops,
            std::map<Loop, double>* known) {
  const auto loop = loops.find(isa);
  if (loop == loops.end()) return 0;
  const auto [entry, is_new] = known->try_emplace(loop->second, 0.0);
  if (is_new) entry->second = measure(loop->second);
  return entry->second;
}

}  // namespace

double fp32_register_peak(std::string_view isa) {
  static std::map<Loop, double> known;
  return peak(isa, kFp32Loops, &known);
}

double int8_register_peak(std::string_view isa) {
  static std::map<Loop, double> known;
  return peak(isa, kInt8Loops, &known);
}

}  // namespace jnlp
