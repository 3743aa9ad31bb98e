// Kernels one by one, on one thread, for each instruction set that the CPU has.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "kernels/dispatch.h"
#include "ops/attention_head.h"
#include "ops/buffer.h"
#include "register_peak.h"

namespace jnlp {
namespace {

// Aligned as the engine's memory is.
template <typename T>
Buffer<T> all(int64_t size, T value) {
  Buffer<T> buffer(size);
  std::fill_n(buffer.data(), size, value);
  return buffer;
}

FloatBuffer filled(int64_t size) {
  FloatBuffer buffer(size);
  for (int64_t i = 0; i < size; ++i) {
    buffer.data()[i] = static_cast<float>(i % 251) / 125.0F - 1.0F;
  }
  return buffer;
}

// Products of floats are held against FP32's peak whatever their type, as it is what they are
// widened to; tiles of BF16 and sums in FP16 may pass it.
void count_products(benchmark::State& state, int64_t multiply_adds, double peak) {
  const auto flags = benchmark::Counter::kIsIterationInvariantRate;
  const double billions = static_cast<double>(multiply_adds) / 1e9;
  state.counters["GMAC/s"] = benchmark::Counter(billions, flags);
  if (peak > 0) state.counters["% of peak"] = benchmark::Counter(100 * billions / peak, flags);
}

// rows, columns, depth of products in MiniLM and BERT-base.
void bench_gemm(benchmark::State& state, const Kernels* kernels) {
  const int64_t rows = state.range(0);
  const int64_t columns = state.range(1);
  const int64_t depth = state.range(2);
  const FloatBuffer a = filled(rows * depth);
  const FloatBuffer b = filled(columns * depth);
  const FloatBuffer bias = filled(columns);
  FloatBuffer c = filled(rows * columns);
  for (auto _ : state) {
    kernels->gemm(
        {rows, columns, depth, a.data(), depth, b.data(), bias.data(), c.data(), columns});
    benchmark::ClobberMemory();
  }
  count_products(state, rows * columns * depth, fp32_register_peak(kernels->name));
}

void bench_gemm_f16(benchmark::State& state, const Kernels* kernels) {
  const int64_t rows = state.range(0);
  const int64_t columns = state.range(1);
  const int64_t depth = state.range(2);
  const FloatBuffer a = filled(rows * depth);
  const Buffer<uint16_t> b = all<uint16_t>(columns * depth, 0x3800);
  const FloatBuffer bias = filled(columns);
  FloatBuffer c = filled(rows * columns);
  for (auto _ : state) {
    kernels->gemm_f16(
        {rows, columns, depth, a.data(), depth, b.data(), bias.data(), c.data(), columns});
    benchmark::ClobberMemory();
  }
  count_products(state, rows * columns * depth, fp32_register_peak(kernels->name));
}

void bench_gemm_bf16(benchmark::State& state, const Kernels* kernels) {
  const int64_t rows = state.range(0);
  const int64_t columns = state.range(1);
  const int64_t depth = state.range(2);
  const FloatBuffer source = filled(rows * depth);
  Buffer<uint8_t> a(rows * depth * kernels->bf16_bytes);
  kernels->to_bf16(source.data(), rows * depth, a.data());
  const Buffer<uint16_t> b = all<uint16_t>(columns * depth, 0x3F80);
  const FloatBuffer bias = filled(columns);
  FloatBuffer c = filled(rows * columns);
  for (auto _ : state) {
    kernels->gemm_bf16(
        {rows, columns, depth, a.data(), depth, b.data(), bias.data(), c.data(), columns});
    benchmark::ClobberMemory();
  }
  count_products(state, rows * columns * depth, fp32_register_peak(kernels->name));
}

void bench_gemm_int8(benchmark::State& state, const Kernels* kernels) {
  const int64_t rows = state.range(0);
  const int64_t columns = state.range(1);
  const int64_t depth = state.range(2);
  const Buffer<uint8_t> a = all<uint8_t>(rows * depth, 100);
  const Buffer<RowScale> a_scales = all<RowScale>(rows, {0.01F, 90});
  const Buffer<int8_t> b = all<int8_t>(columns * depth, 30);
  const Buffer<int32_t> column_sums = all<int32_t>(columns, 30);
  const FloatBuffer scales = filled(columns);
  FloatBuffer c = filled(rows * columns);
  for (auto _ : state) {
    kernels->gemm_int8({rows, columns, depth, a.data(), depth, a_scales.data(), b.data(),
                        scales.data(), column_sums.data(), scales.data(), c.data(), columns});
    benchmark::ClobberMemory();
  }
  count_products(state, rows * columns * depth, int8_register_peak(kernels->name));
}

// One head of one sequence: length, head_size.
void bench_attention(benchmark::State& state, const Kernels* kernels, bool bf16) {
  const int64_t length = state.range(0);
  const int64_t size = state.range(1);
  const FloatBuffer in = filled(length * 3 * size);
  FloatBuffer out(length * size);
  AttendScratch scratch;
  const AttentionHead head{in.data(),  3 * size, length, in.data() + size, in.data() + 2 * size,
                           3 * size,   length,   size,   0.125F,           nullptr,
                           out.data(), size};
  for (auto _ : state) {
    attend(*kernels, head, bf16, &scratch);
    benchmark::ClobberMemory();
  }
  count_products(state, 2 * length * length * size, fp32_register_peak(kernels->name));
}

template <typename Function>
void bench_row(benchmark::State& state, Function function) {
  const int64_t n = state.range(0);
  const FloatBuffer source = filled(n);
  FloatBuffer x = filled(n);
  for (auto _ : state) {
    std::copy_n(source.data(), n, x.data());
    function(x.data(), n);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * n);
}

const bool registered = [] {
  for (const Kernels* k : available_kernels()) {
    const std::string isa = k->name;
    benchmark::RegisterBenchmark(("gemm/" + isa).c_str(), bench_gemm, k)
        ->Args({120, 256, 384})
        ->Args({120, 256, 768})
        ->Args({120, 256, 1536})
        ->Args({128, 384, 384})
        ->Args({25, 384, 384})
        ->Args({1, 384, 384})
        ->Args({48, 128, 32})
        ->Args({48, 32, 128})
        ->Args({128, 768, 3072});
    const std::pair<const char*, void (*)(benchmark::State&, const Kernels*)> halves[] = {
        {"gemm_f16/", bench_gemm_f16}, {"gemm_bf16/", bench_gemm_bf16}};
    for (const auto& [name, function] : halves) {
      benchmark::RegisterBenchmark((name + isa).c_str(), function, k)
          ->Args({120, 256, 384})
          ->Args({120, 256, 1536})
          ->Args({128, 384, 384})
          ->Args({25, 384, 384})
          ->Args({12, 384, 384})
          ->Args({1, 384, 384})
          ->Args({128, 768, 3072});
    }
    benchmark::RegisterBenchmark(("gemm_int8/" + isa).c_str(), bench_gemm_int8, k)
        ->Args({120, 256, 384})
        ->Args({120, 256, 1536})
        ->Args({128, 384, 384})
        ->Args({25, 384, 384})
        ->Args({128, 768, 768})
        ->Args({128, 768, 3072});
    for (const bool bf16 : {false, true}) {
      if (bf16 && k->bf16_attention == nullptr) continue;
      const std::string name = bf16 ? "attention_bf16/" : "attention/";
      benchmark::RegisterBenchmark((name + isa).c_str(), bench_attention, k, bf16)
          ->Args({25, 32})
          ->Args({128, 32})
          ->Args({384, 32})
          ->Args({128, 64})
          ->Args({384, 64});
    }
    const auto row = [&](const char* name, auto function) {
      benchmark::RegisterBenchmark((std::string(name) + "/" + isa).c_str(),
                                   [=](benchmark::State& state) { bench_row(state, function); })
          ->Arg(384)
          ->Arg(25);
    };
    row("copy", [](float*, int64_t) {});
    row("gelu", [k](float* x, int64_t n) { k->activate(Activation::gelu, x, n); });
    row("gelu_tanh", [k](float* x, int64_t n) { k->activate(Activation::gelu_tanh, x, n); });
    row("tanh", [k](float* x, int64_t n) { k->activate(Activation::tanh, x, n); });
    row("softmax", [k](float* x, int64_t n) {
      SoftmaxRow state{0.0F, 0.0F};
      k->softmax({x, n, 0.125F, nullptr, &state});
    });
    row("quantize", [k](float* x, int64_t n) {
      uint8_t bytes[kInt8Depth * 8];
      k->quantize(x, nullptr, n, bytes);
    });
    row("quantize_scaled", [k](float* x, int64_t n) {
      uint8_t bytes[kInt8Depth * 8];
      k->quantize(x, x, n, bytes);
    });
    row("layer_norm", [k](float* x, int64_t n) {
      k->layer_norm({x, nullptr, x, x, 1e-12F, n, x});
    });
  }
  return true;
}();

}  // namespace
}  // namespace jnlp
