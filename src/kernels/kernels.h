#pragma once

// Kernel files of one instruction set include this header: only plain structs and C types here, so
// that nothing inline is ever compiled with flags that an older CPU lacks.
#include <stdint.h>

#include "kernels/activation.h"

namespace jnlp {

/// Columns of one panel of a packed matrix. A packed K x N matrix is ceil(N / 16) panels one
/// behind the other; columns beyond N hold zeros. The layout depends on the element type alone, so
/// one file serves every instruction set:
/// - FP32: K rows of 16 floats;
/// - FP16: K rows of 16 halves;
/// - BF16: ceil(K / 2) rows of 64 bytes, each 16 columns times 2 consecutive k, as instructions
///   that add two products take them; K is filled up with zeros to a multiple of kBf16Depth;
/// - INT8: ceil(K / 4) rows of 64 bytes, each 16 columns times 4 consecutive k, as instructions
///   that add four products take them; K is filled up with zeros to a multiple of kInt8Depth.
inline constexpr int64_t kPanelColumns = 16;

/// BF16 rows and panels have a multiple of this many values of k: what a tile of AMX takes at once.
inline constexpr int64_t kBf16Depth = 32;

/// INT8 rows and panels have a multiple of this many values of k: what the widest instruction
/// (a tile of AMX) takes at once.
inline constexpr int64_t kInt8Depth = 64;

/// The magnitudes of a column's weights at an even k and the next add up to at most this: then
/// their products with two bytes add up to 16 bits, where AVX2 adds such pairs with saturation, and
/// it gets the same sums as everyone. A limit on pairs costs far less accuracy than one of half
/// this size on each weight, as large weights are rare and rarely meet.
inline constexpr int kInt8PairLimit = 128;

/// C = activation(bias + A * B), all row-major but B, which is packed.
template <typename Weight>
struct GemmArgsOf {
  int64_t rows;     ///< of A and C
  int64_t columns;  ///< of C; the panels of B cover them
  int64_t depth;    ///< columns of A, rows of B
  const float* a;
  int64_t a_stride;  ///< floats from row to row
  const Weight* b;
  const float* bias;  ///< one float per column, padded to whole panels; null for zeros
  float* c;
  int64_t c_stride;
  Activation activation = Activation::none;
};

using GemmArgs = GemmArgsOf<float>;
/// B holds the bits of IEEE halves.
using GemmF16Args = GemmArgsOf<uint16_t>;

/// C = activation(bias + A * B), for B of BF16 and A as Kernels::to_bf16 makes it.
struct GemmBf16Args {
  int64_t rows;
  int64_t columns;
  int64_t depth;  ///< of A and B: a multiple of kBf16Depth
  const void* a;
  int64_t a_stride;  ///< values from row to row
  const uint16_t* b;
  const float* bias;  ///< one float per column, padded to whole panels; null for zeros
  float* c;
  int64_t c_stride;
  Activation activation = Activation::none;
};

/// One quantized row stands for (value - zero) * scale.
struct RowScale {
  float scale;
  int32_t zero;  ///< in [0, 255]
};

/// C = activation(bias + dequantized A * B), for A of unsigned and B of signed bytes:
/// c = fma(sum - zero * column_sum, scale * column_scale, bias), with the sums in 32-bit integers.
struct GemmInt8Args {
  int64_t rows;
  int64_t columns;
  int64_t depth;  ///< bytes of a row of A: a multiple of kInt8Depth
  const uint8_t* a;
  int64_t a_stride;
  const RowScale* a_scales;  ///< one per row
  const int8_t* b;
  const float* column_scales;  ///< this and the next two: one per column, padded to whole panels
  const int32_t* column_sums;  ///< sum of a column of B
  const float* bias;
  float* c;
  int64_t c_stride;
  Activation activation = Activation::none;
};

/// What softmax knows of a row after some of its blocks. At first both are 0.
struct SoftmaxRow {
  float maximum;  ///< of the scores, before or after `scale`
  float sum;      ///< of exp(score - maximum); 0 only before the first block
};

/// One block of one row of scores. With s = x * scale + bias and m = the greatest s of this and the
/// blocks before: exp(s - m) takes the place of the scores.
struct SoftmaxArgs {
  float* x;   ///< finite
  int64_t n;  ///< at least 1
  float scale;
  const float* bias;  ///< null for zeros
  SoftmaxRow* row;
};

/// out = layer_norm(x + residual) * gamma + beta, over one row.
struct LayerNormArgs {
  const float* x;
  const float* residual;  ///< null for none
  const float* gamma;
  const float* beta;
  float epsilon;
  int64_t columns;
  float* out;  ///< may be x or residual
};

/// out = x / sqrt(mean(x^2) + epsilon) * gamma, over one row (Zhang and Sennrich 2019; T5, Llama).
struct RmsNormArgs {
  const float* x;
  const float* gamma;
  float epsilon;
  int64_t columns;
  float* out;  ///< may be x
};

/// Some rows of a matrix, by number: row i lies at data + index[i] * stride.
struct PickedRows {
  const float* data;
  int64_t stride;
  const int32_t* index;
  int64_t count;
};

/// out[i] = sum over the columns of x * row i.
struct DotRowsArgs {
  const float* x;
  PickedRows rows;
  int64_t columns;
  float* out;  ///< one float per row
};

/// out = sum over the rows of weights[i] * row i.
struct SumRowsArgs {
  const float* weights;
  PickedRows rows;
  int64_t columns;
  float* out;  ///< one float per column
};

/// What attention in BF16 needs besides gemm_bf16 and to_bf16. Like theirs, its rows of 16-bit
/// values are filled up with zeros to a multiple of kBf16Depth.
struct Bf16Attention {
  /// As Kernels::pack and pack_transposed, rounded to BF16.
  void (*pack)(const float* source, int64_t depth, int64_t columns, int64_t stride,
               uint16_t* panels);
  void (*pack_transposed)(const float* source, int64_t depth, int64_t columns, int64_t stride,
                          uint16_t* panels);
  /// As Kernels::softmax, but the result goes to `out`, rounded to BF16; x may change.
  float (*softmax)(const SoftmaxArgs& args, uint16_t* out);
};

/// The arithmetic of one instruction set. Every implementation gives the same bits: each output of
/// gemm and gemm_f16 is one chain of fused multiply-adds over ascending depth that starts at the
/// bias; sums over a row use one fixed scheme of lanes (rows_impl.h); functions like exp are our
/// own polynomials; gemm_int8 adds integers, in any order. There are two exceptions:
/// - gemm_bf16: its chain takes the second value of each pair first, as vdpbf16ps is specified to
///   do, but that instruction also takes subnormal numbers as zeros. Tiles of AMX add in an order
///   of their own, and the bias last.
/// - gemm_f16 where adds_f16 is true. In each part of the depth (384 values of k) a row of A is
///   multiplied by the power of two that brings its greatest magnitude to [16, 32) (tiny rows by
///   the greatest power that there is) and rounded to FP16. From 0 and over 32 values of k at a
///   time its products are added in FP16, one fused multiply-add after the other; such a sum is
///   widened and, with the power undone, added to an FP32 sum that starts at the bias. A result
///   that is not finite then, as a sum left the range of FP16 (which weights up to 60 cannot do) or
///   A or B is not finite, is made as everywhere else.
struct Kernels {
  const char* name;

  void (*gemm)(const GemmArgs& args);
  /// As gemm, with halves widened to FP32 exactly; or in FP16 arithmetic.
  void (*gemm_f16)(const GemmF16Args& args);
  bool adds_f16;  ///< gemm_f16 is in FP16 arithmetic
  void (*gemm_bf16)(const GemmBf16Args& args);
  /// Rounds a row of n floats to BF16, to nearest even; NaN stays NaN. `out` gets n values, then
  /// zeros up to a multiple of kBf16Depth: the upper 16 bits of each where gemm_bf16 multiplies
  /// pairs, else floats whose lower 16 bits are zero.
  void (*to_bf16)(const float* x, int64_t n, void* out);
  int64_t bf16_bytes;  ///< of a value that to_bf16 makes: 2 or 4
  void (*gemm_int8)(const GemmInt8Args& args);
  /// Quantizes a row of n floats to unsigned bytes: 255 steps from its least to its greatest value
  /// (0 is always within). `out` gets n bytes, then zeros up to a multiple of kInt8Depth. Each
  /// value is multiplied by its own of n `factors` before; null for ones.
  RowScale (*quantize)(const float* x, const float* factors, int64_t n, uint8_t* out);
  /// Packs a row-major K x N matrix (`stride` floats from row to row).
  void (*pack)(const float* source, int64_t depth, int64_t columns, int64_t stride, float* panels);
  /// Packs the transpose of a row-major N x K matrix, as weights and attention keys are stored.
  void (*pack_transposed)(const float* source, int64_t depth, int64_t columns, int64_t stride,
                          float* panels);

  /// Online softmax (Milakov and Gimelshein 2018): returns the factor by which what was made of the
  /// row's earlier blocks is too large now, 0 for the first.
  float (*softmax)(const SoftmaxArgs& args);
  void (*layer_norm)(const LayerNormArgs& args);
  void (*rms_norm)(const RmsNormArgs& args);
  float (*sum_of_squares)(const float* x, int64_t n);

  /// Both products of attention for a single query whose keys and values lie scattered. A dot
  /// product is a sum over a row; the sum of rows is a chain of fused multiply-adds over them.
  void (*dot_rows)(const DotRowsArgs& args);
  void (*sum_rows)(const SumRowsArgs& args);

  void (*add)(float* x, const float* y, int64_t n);      ///< x += y
  void (*maximum)(float* x, const float* y, int64_t n);  ///< x = max(x, y)
  void (*scale)(float* x, float factor, int64_t n);      ///< x *= factor

  void (*activate)(Activation activation, float* x, int64_t n);

  /// The products of attention in BF16. Null where they are not faster than FP32's.
  const Bf16Attention* bf16_attention;
};

}  // namespace jnlp
