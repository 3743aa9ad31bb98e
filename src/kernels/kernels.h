#pragma once

// Kernel files of one instruction set include this header: only plain structs and C types here, so
// that nothing inline is ever compiled with flags that an older CPU lacks.
#include <stdint.h>

namespace jnlp {

/// Columns of one panel of a packed matrix. A packed K x N matrix is ceil(N / 16) panels one
/// behind the other, each K rows of 16 floats; columns beyond N hold zeros.
inline constexpr int64_t kPanelColumns = 16;

/// C = bias + A * B, all row-major but B, which is packed.
struct GemmArgs {
  int64_t rows;     ///< of A and C
  int64_t columns;  ///< of C; the panels of B cover them
  int64_t depth;    ///< columns of A, rows of B
  const float* a;
  int64_t a_stride;  ///< floats from row to row
  const float* b;
  const float* bias;  ///< one float per column, padded to whole panels; null for zeros
  float* c;
  int64_t c_stride;
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

/// The arithmetic of one instruction set. Every implementation gives the same bits: each output of
/// gemm is one chain of fused multiply-adds over ascending depth that starts at the bias; sums over
/// a row use one fixed scheme of lanes (rows_impl.h); functions like exp are our own polynomials.
struct Kernels {
  const char* name;

  void (*gemm)(const GemmArgs& args);
  /// Packs a row-major K x N matrix (`stride` floats from row to row).
  void (*pack)(const float* source, int64_t depth, int64_t columns, int64_t stride, float* panels);
  /// Packs the transpose of a row-major N x K matrix, as weights and attention keys are stored.
  void (*pack_transposed)(const float* source, int64_t depth, int64_t columns, int64_t stride,
                          float* panels);

  /// x[i] = exp(s[i] - max(s)) with s = x * scale + bias (bias null: zeros); returns the sum of x.
  float (*softmax)(float* x, int64_t n, float scale, const float* bias);
  void (*layer_norm)(const LayerNormArgs& args);
  float (*sum_of_squares)(const float* x, int64_t n);

  void (*add)(float* x, const float* y, int64_t n);      ///< x += y
  void (*maximum)(float* x, const float* y, int64_t n);  ///< x = max(x, y)
  void (*scale)(float* x, float factor, int64_t n);      ///< x *= factor

  void (*gelu)(float* x, int64_t n);       ///< x * Phi(x), Phi the normal distribution
  void (*gelu_tanh)(float* x, int64_t n);  ///< the tanh approximation ("gelu_new")
  void (*relu)(float* x, int64_t n);
  void (*silu)(float* x, int64_t n);  ///< x * sigmoid(x)
  void (*tanh)(float* x, int64_t n);
};

}  // namespace jnlp
