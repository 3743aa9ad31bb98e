#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kernels/kernels.h"

namespace jnlp {

/// The kernels that this process uses: the fastest that the CPU can run, or those that the
/// environment variable JETSON_NLP_ISA names. Chosen at the first call.
/// @throws Error as kernels_named() does.
const Kernels& best_kernels();

/// The kernels of one instruction set: "amx" (INT8 and BF16 in tiles, the rest as avx512_vnni),
/// "avx512_bf16" (with VNNI), "avx512_vnni", "avx512" (F, BW, DQ, VL), "avx_vnni", "avx2" (with FMA
/// and F16C), "neon_i8mm" (with what neon_fp16 has), "neon_fp16" (FP16 arithmetic and dot
/// products), "neon_dotprod", "neon" or "reference".
/// @throws Error invalid_input for an unknown name, unsupported when this CPU or build lacks it.
const Kernels& kernels_named(std::string_view name);

/// Every name that there is, whether this CPU can run it or not.
std::span<const std::string_view> known_kernel_names();

/// Everything that this CPU can run, fastest first.
std::vector<const Kernels*> available_kernels();

}  // namespace jnlp
