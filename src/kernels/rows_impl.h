#pragma once

// Written once in terms of Lanes; each instruction set compiles its own private copy (the anonymous
// namespace keeps the linker from sharing one). Include a lanes.h first.
#include "kernels/kernels.h"

namespace jnlp {
namespace {

// The one scheme of every sum over a row: vector i adds to sum i mod 4, the rest counts as a vector
// filled up with zeros, then the four sums and at last the lanes are added pairwise.
// With wider vectors each holds two or more of the four.
constexpr int64_t kSumLanes = 8;
constexpr int64_t kSums = 4;
constexpr int64_t kParts = kSums * kSumLanes / kLanes;

struct RowSum {
  Lanes part[kParts];

  inline RowSum() {
#pragma GCC unroll 4
    for (Lanes& lanes : part) lanes = broadcast(0.0F);
  }

  inline float total() const {
    float sum[kSums * kSumLanes];
#pragma GCC unroll 4
    for (int64_t i = 0; i < kParts; ++i) store(sum + i * kLanes, part[i]);
    float lane[kSumLanes];
    for (int64_t i = 0; i < kSumLanes; ++i) {
      lane[i] = (sum[i] + sum[kSumLanes + i]) + (sum[2 * kSumLanes + i] + sum[3 * kSumLanes + i]);
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  }
};

// Calls step(offset, count, sum) for each vector of the row; count < kLanes only for the last.
template <typename Step>
inline float sum_over_row(int64_t n, Step step) {
  RowSum sum;
  int64_t i = 0;
  for (; i + kParts * kLanes <= n; i += kParts * kLanes) {
#pragma GCC unroll 4
    for (int64_t part = 0; part < kParts; ++part) {
      sum.part[part] = step(i + part * kLanes, kLanes, sum.part[part]);
    }
  }
  for (int64_t part = 0; i < n; ++part, i += kLanes) {
    const int64_t count = n - i < kLanes ? n - i : kLanes;
    sum.part[part] = step(i, count, sum.part[part]);
  }
  return sum.total();
}

// x[i] = function(x[i]); the last vector is filled up, so every element goes the same way.
template <typename Function>
inline void map_row(float* x, int64_t n, Function function) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(x + i, function(load(x + i)));
  if (i < n) store_partial(x + i, n - i, function(load_partial(x + i, n - i, 0.0F)));
}

template <typename Function>
inline void map_rows(float* x, const float* y, int64_t n, Function function) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(x + i, function(load(x + i), load(y + i)));
  if (i < n) {
    const Lanes out = function(load_partial(x + i, n - i, 0.0F), load_partial(y + i, n - i, 0.0F));
    store_partial(x + i, n - i, out);
  }
}

// Adding 1.5 * 2^23 leaves the nearest integer in the low bits; subtracting gives it as a float.
constexpr float kRoundShift = 12582912.0F;

// 2^f for f in [-0.5, 0.5], times 2^n from `shifted`. Minimax fit of our own, relative error 2e-9
// before rounding.
inline Lanes exp2_fraction(Lanes f, Lanes shifted) {
  Lanes p = broadcast(0.00015353361959569156F);
  p = fma(p, f, broadcast(0.0013398873852565885F));
  p = fma(p, f, broadcast(0.00961843691766262F));
  p = fma(p, f, broadcast(0.055503323674201965F));
  p = fma(p, f, broadcast(0.24022647738456726F));
  p = fma(p, f, broadcast(0.6931471824645996F));
  p = fma(p, f, broadcast(1.0F));
  return scale_by_power(p, shifted);
}

// 2^y for y in [-126, 127].
inline Lanes exp2(Lanes y) {
  const Lanes shifted = jnlp::add(y, broadcast(kRoundShift));
  return exp2_fraction(sub(y, sub(shifted, broadcast(kRoundShift))), shifted);
}

// The same with a relative error of 8e-5, for results that are rounded to 8 bits.
inline Lanes exp2_roughly(Lanes y) {
  const Lanes shifted = jnlp::add(y, broadcast(kRoundShift));
  const Lanes f = sub(y, sub(shifted, broadcast(kRoundShift)));
  Lanes p = broadcast(0.0551716685295105F);
  p = fma(p, f, broadcast(0.2426111251115799F));
  p = fma(p, f, broadcast(0.6932609677314758F));
  p = fma(p, f, broadcast(0.9999280571937561F));
  return scale_by_power(p, shifted);
}

constexpr float kLog2E = 1.44269502162933349609F;

// e^x, x cut to the range where the result is a normal number. log2(e) is split in two, so that the
// fraction keeps its precision.
inline Lanes exp(Lanes x) {
  x = max(min(x, broadcast(88.0F)), broadcast(-87.0F));
  const Lanes shifted = fma(x, broadcast(kLog2E), broadcast(kRoundShift));
  const Lanes whole = sub(shifted, broadcast(kRoundShift));
  Lanes f = sub(broadcast(0.0F), whole);
  f = fma(x, broadcast(kLog2E), f);
  f = fma(x, broadcast(1.92596299112661746887e-8F), f);
  return exp2_fraction(f, shifted);
}

// Phi(-a) for a >= 0 (Phi the normal distribution): 2^q(a) with q fitted by us to log2(Phi(-a)) on
// [0, 6] so that a * Phi(-a) errs by 1e-8; beyond 6 it is below 1e-9.
inline Lanes normal_tail(Lanes a) {
  a = min(a, broadcast(6.0F));
  Lanes q = broadcast(-1.9919000351364957e-06F);
  q = fma(q, a, broadcast(2.927202331193257e-05F));
  q = fma(q, a, broadcast(-0.00013808834773954004F));
  q = fma(q, a, broadcast(-0.00025343624292872846F));
  q = fma(q, a, broadcast(0.007216389290988445F));
  q = fma(q, a, broadcast(-0.05260305106639862F));
  q = fma(q, a, broadcast(-0.45917221903800964F));
  q = fma(q, a, broadcast(-1.1511096954345703F));
  q = fma(q, a, broadcast(-0.9999998807907104F));
  return exp2(q);
}

inline Lanes sigmoid_times(Lanes x, Lanes argument) {
  const Lanes e = exp(sub(broadcast(0.0F), argument));
  return div(x, jnlp::add(broadcast(1.0F), e));
}

inline Lanes gelu(Lanes v) {
  const Lanes magnitude = abs(v);
  return fnma(magnitude, normal_tail(magnitude), max(v, broadcast(0.0F)));
}

// 0.5 x (1 + tanh(u)) = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3).
inline Lanes gelu_tanh(Lanes v) {
  const Lanes square = mul(v, v);
  const Lanes cubic = fma(square, broadcast(0.0713548162726F), broadcast(1.59576912161F));
  return sigmoid_times(v, mul(v, cubic));
}

// Near 0 an odd polynomial (relative error 5e-9 before rounding), else 1 - 2 / (e^2|x| + 1).
inline Lanes tanh(Lanes v) {
  const Lanes magnitude = abs(v);
  const Lanes square = mul(v, v);
  Lanes p = broadcast(-0.005704042501747608F);
  p = fma(p, square, broadcast(0.020637862384319305F));
  p = fma(p, square, broadcast(-0.05373915657401085F));
  p = fma(p, square, broadcast(0.133314311504364F));
  p = fma(p, square, broadcast(-0.3333328068256378F));
  const Lanes small = fma(mul(p, square), v, v);
  const Lanes e = exp(jnlp::add(magnitude, magnitude));
  const Lanes ratio = div(broadcast(2.0F), jnlp::add(e, broadcast(1.0F)));
  const Lanes large = copy_sign(sub(broadcast(1.0F), ratio), v);
  return select_less(magnitude, broadcast(0.625F), small, large);
}

void activate(Activation activation, float* x, int64_t n) {
  switch (activation) {
    case Activation::none:
      return;
    case Activation::gelu:
      return map_row(x, n, [](Lanes v) { return gelu(v); });
    case Activation::gelu_tanh:
      return map_row(x, n, [](Lanes v) { return gelu_tanh(v); });
    case Activation::relu:
      return map_row(x, n, [](Lanes v) { return max(v, broadcast(0.0F)); });
    case Activation::silu:
      return map_row(x, n, [](Lanes v) { return sigmoid_times(v, v); });
    case Activation::tanh:
      return map_row(x, n, [](Lanes v) { return tanh(v); });
  }
}

inline void activate_rows(Activation activation, float* x, int64_t stride, int64_t rows,
                          int64_t n) {
  if (activation == Activation::none) return;
  for (int64_t r = 0; r < rows; ++r) activate(activation, x + r * stride, n);
}

inline float row_maximum(const float* x, int64_t n) {
  const float lowest = -__builtin_inff();
  Lanes best = broadcast(lowest);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) best = max(best, load(x + i));
  if (i < n) best = max(best, load_partial(x + i, n - i, lowest));
  return greatest_lane(best);
}

// power(y) is 2^y; store_lanes(i, count, e) puts the results away.
template <typename Power, typename Store>
inline float softmax_block(const SoftmaxArgs& args, Power power, Store store_lanes) {
  const float* x = args.x;
  float scale = args.scale;
  if (args.bias != nullptr) {
    const Lanes factor = broadcast(scale);
    map_rows(args.x, args.bias, args.n, [=](Lanes s, Lanes b) { return fma(s, factor, b); });
    scale = 1.0F;
  }
  const float before = args.row->maximum;
  const float here = row_maximum(x, args.n);
  const bool is_first = args.row->sum == 0.0F;
  args.row->maximum = before > here && !is_first ? before : here;
  const Lanes highest = broadcast(args.row->maximum);
  const Lanes factor = broadcast(scale * kLog2E);
  const auto weight = [=](Lanes score) {
    return power(max(mul(sub(score, highest), factor), broadcast(-126.0F)));
  };
  const float sum = sum_over_row(args.n, [=](int64_t i, int64_t count, Lanes part) {
    if (count == kLanes) {
      const Lanes e = weight(load(x + i));
      store_lanes(i, kLanes, e);
      return jnlp::add(part, e);
    }
    float lane[kLanes];
    store(lane, weight(load_partial(x + i, count, 0.0F)));
    const Lanes e = load_partial(lane, count, 0.0F);
    store_lanes(i, count, e);
    return jnlp::add(part, e);
  });
  if (is_first) {
    args.row->sum = sum;
    return 0.0F;
  }
  float correction[kLanes];
  store(correction, weight(broadcast(before)));
  args.row->sum = __builtin_fmaf(args.row->sum, correction[0], sum);
  return correction[0];
}

float softmax(const SoftmaxArgs& args) {
  float* x = args.x;
  const auto power = [](Lanes y) { return exp2(y); };
  return softmax_block(args, power, [=](int64_t i, int64_t count, Lanes e) {
    if (count == kLanes) {
      store(x + i, e);
    } else {
      store_partial(x + i, count, e);
    }
  });
}

float sum_of_squares(const float* x, int64_t n) {
  return sum_over_row(n, [=](int64_t i, int64_t count, Lanes sum) {
    const Lanes v = count == kLanes ? load(x + i) : load_partial(x + i, count, 0.0F);
    return fma(v, v, sum);
  });
}

// out = x + y; out may be either of them.
inline void add_into(float* out, const float* x, const float* y, int64_t n) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(out + i, jnlp::add(load(x + i), load(y + i)));
  for (; i < n; ++i) out[i] = x[i] + y[i];
}

void add(float* x, const float* y, int64_t n) {
  add_into(x, x, y, n);
}

// Two passes, as the difference from the mean keeps more digits than a difference of squares.
void layer_norm(const LayerNormArgs& args) {
  const int64_t n = args.columns;
  float* out = args.out;
  const float* x = args.x;
  if (args.residual != nullptr) {
    add_into(out, x, args.residual, n);
    x = out;
  }
  const float sum = sum_over_row(n, [=](int64_t i, int64_t count, Lanes part) {
    return jnlp::add(part, count == kLanes ? load(x + i) : load_partial(x + i, count, 0.0F));
  });
  const float mean = sum / static_cast<float>(n);
  const Lanes center = broadcast(mean);
  const float squares = sum_over_row(n, [=](int64_t i, int64_t count, Lanes part) {
    const Lanes v = count == kLanes ? load(x + i) : load_partial(x + i, count, mean);
    const Lanes difference = sub(v, center);
    return fma(difference, difference, part);
  });
  const float factor = 1.0F / __builtin_sqrtf(squares / static_cast<float>(n) + args.epsilon);
  const Lanes scaling = broadcast(factor);
  const auto normalize = [=](Lanes v, Lanes gamma, Lanes beta) {
    return fma(mul(sub(v, center), scaling), gamma, beta);
  };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    store(out + i, normalize(load(x + i), load(args.gamma + i), load(args.beta + i)));
  }
  if (i < n) {
    const int64_t rest = n - i;
    store_partial(
        out + i, rest,
        normalize(load_partial(x + i, rest, 0.0F), load_partial(args.gamma + i, rest, 0.0F),
                  load_partial(args.beta + i, rest, 0.0F)));
  }
}

void rms_norm(const RmsNormArgs& args) {
  const int64_t n = args.columns;
  const float squares = sum_of_squares(args.x, n);
  const Lanes scaling =
      broadcast(1.0F / __builtin_sqrtf(squares / static_cast<float>(n) + args.epsilon));
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    store(args.out + i, mul(mul(load(args.x + i), scaling), load(args.gamma + i)));
  }
  if (i < n) {
    const int64_t rest = n - i;
    const Lanes scaled = mul(load_partial(args.x + i, rest, 0.0F), scaling);
    store_partial(args.out + i, rest, mul(scaled, load_partial(args.gamma + i, rest, 0.0F)));
  }
}

void maximum(float* x, const float* y, int64_t n) {
  map_rows(x, y, n, [](Lanes a, Lanes b) { return max(a, b); });
}

void scale(float* x, float factor, int64_t n) {
  const Lanes lanes = broadcast(factor);
  map_row(x, n, [=](Lanes a) { return mul(a, lanes); });
}

}  // namespace
}  // namespace jnlp
