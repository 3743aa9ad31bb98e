#include "ops/attention_head.h"

#include <algorithm>

#include "ops/round_up.h"

namespace jnlp {
namespace {

// Keys done at a time: most encoders read 512 tokens at most, a single block.
constexpr int64_t kKeyBlock = 512;

template <typename T>
T* room(int64_t count, Buffer<std::byte>* buffer) {
  buffer->reserve(count * static_cast<int64_t>(sizeof(T)));
  return reinterpret_cast<T*>(buffer->data());
}

template <typename T>
struct Rows {
  T* data;
  int64_t stride;
};

// Some consecutive rows of a head: queries or keys.
struct Range {
  int64_t first;
  int64_t count;
};

// Both products in FP32: queries are read where they are, scores become weights in their place.
struct FloatProducts {
  using Value = float;
  // Queries done at a time: a multiple of a tile's rows whose scores take 100 KB at most.
  static constexpr int64_t kQueryRows = 48;
  const Kernels& kernels;

  static int64_t depth_of(int64_t n) { return n; }

  void pack_keys(const AttentionHead& head, Range keys, float* panels) const {
    kernels.pack_transposed(head.key + keys.first * head.key_stride, head.head_size, keys.count,
                            head.key_stride, panels);
  }
  void pack_values(const AttentionHead& head, Range keys, float* panels) const {
    kernels.pack(head.value + keys.first * head.key_stride, keys.count, head.head_size,
                 head.key_stride, panels);
  }
  Rows<const float> queries(const AttentionHead& head, Range rows,
                            AttendScratch* /*scratch*/) const {
    return {head.query + rows.first * head.query_stride, head.query_stride};
  }
  Rows<float> weights(int64_t score_stride, AttendScratch* scratch) const {
    return {scratch->scores.data(), score_stride};
  }
  float softmax(const SoftmaxArgs& args, float* /*weights*/) const { return kernels.softmax(args); }
  void multiply(int64_t rows, int64_t columns, int64_t depth, Rows<const float> a, const float* b,
                Rows<float> c) const {
    kernels.gemm({rows, columns, depth, a.data, a.stride, b, nullptr, c.data, c.stride});
  }
};

// Both products of BF16 values, with sums in FP32.
struct Bf16Products {
  using Value = uint16_t;
  static constexpr int64_t kQueryRows = 32;  // a block of AMX tiles
  const Kernels& kernels;

  static int64_t depth_of(int64_t n) { return round_up(n, kBf16Depth); }

  void pack_keys(const AttentionHead& head, Range keys, uint16_t* panels) const {
    kernels.bf16_attention->pack_transposed(head.key + keys.first * head.key_stride, head.head_size,
                                            keys.count, head.key_stride, panels);
  }
  void pack_values(const AttentionHead& head, Range keys, uint16_t* panels) const {
    kernels.bf16_attention->pack(head.value + keys.first * head.key_stride, keys.count,
                                 head.head_size, head.key_stride, panels);
  }
  Rows<const uint16_t> queries(const AttentionHead& head, Range rows,
                               AttendScratch* scratch) const {
    const int64_t stride = depth_of(head.head_size);
    auto* out = room<uint16_t>(kQueryRows * stride, &scratch->queries);
    for (int64_t i = 0; i < rows.count; ++i) {
      kernels.to_bf16(head.query + (rows.first + i) * head.query_stride, head.head_size,
                      out + i * stride);
    }
    return {out, stride};
  }
  Rows<uint16_t> weights(int64_t score_stride, AttendScratch* scratch) const {
    const int64_t stride = depth_of(score_stride);
    return {room<uint16_t>(kQueryRows * stride, &scratch->weights), stride};
  }
  float softmax(const SoftmaxArgs& args, uint16_t* weights) const {
    return kernels.bf16_attention->softmax(args, weights);
  }
  void multiply(int64_t rows, int64_t columns, int64_t depth, Rows<const uint16_t> a,
                const uint16_t* b, Rows<float> c) const {
    kernels.gemm_bf16(
        {rows, columns, depth_of(depth), a.data, a.stride, b, nullptr, c.data, c.stride});
  }
};

// What some queries get from a block of packed keys and values.
template <typename Products>
void add_block(const Products& products, const AttentionHead& head, Range queries, Range keys,
               const typename Products::Value* packed_keys,
               const typename Products::Value* packed_values, AttendScratch* scratch) {
  const Kernels& kernels = products.kernels;
  const int64_t d = head.head_size;
  const Rows<float> scores{scratch->scores.data(), round_up(keys.count, kPanelColumns)};
  const auto weights = products.weights(scores.stride, scratch);
  products.multiply(queries.count, keys.count, d, products.queries(head, queries, scratch),
                    packed_keys, scores);
  float corrections[Products::kQueryRows];
  for (int64_t i = 0; i < queries.count; ++i) {
    const int64_t query = queries.first + i;
    const float* bias = head.bias != nullptr ? head.bias + keys.first - query : nullptr;
    corrections[i] = products.softmax({scores.data + i * scores.stride, keys.count, head.scale,
                                       bias, scratch->rows.data() + query},
                                      weights.data + i * weights.stride);
  }
  const bool is_first = keys.first == 0;
  const Rows<float> out{head.out + queries.first * head.out_stride, head.out_stride};
  const Rows<float> target = is_first ? out : Rows<float>{scratch->addend.data(), d};
  products.multiply(queries.count, d, keys.count, {weights.data, weights.stride}, packed_values,
                    target);
  const bool is_last = keys.first + keys.count == head.length;
  for (int64_t i = 0; i < queries.count; ++i) {
    float* row = out.data + i * out.stride;
    if (!is_first) {
      kernels.scale(row, corrections[i], d);
      kernels.add(row, target.data + i * target.stride, d);
    }
    if (is_last) kernels.scale(row, 1.0F / scratch->rows.data()[queries.first + i].sum, d);
  }
}

template <typename Products>
void attend_with(const Products& products, const AttentionHead& head, AttendScratch* scratch) {
  using Value = typename Products::Value;
  const int64_t block = std::min(kKeyBlock, head.length);
  const int64_t padded = round_up(block, kPanelColumns);
  auto* keys = room<Value>(padded * Products::depth_of(head.head_size), &scratch->keys);
  auto* values = room<Value>(round_up(head.head_size, kPanelColumns) * Products::depth_of(block),
                             &scratch->values);
  scratch->scores.reserve(Products::kQueryRows * padded);
  scratch->addend.reserve(Products::kQueryRows * head.head_size);
  scratch->rows.reserve(head.queries);
  std::fill_n(scratch->rows.data(), head.queries, SoftmaxRow{0.0F, 0.0F});
  for (int64_t first = 0; first < head.length; first += kKeyBlock) {
    const Range range{first, std::min(kKeyBlock, head.length - first)};
    products.pack_keys(head, range, keys);
    products.pack_values(head, range, values);
    for (int64_t query = 0; query < head.queries; query += Products::kQueryRows) {
      const Range queries{query, std::min(Products::kQueryRows, head.queries - query)};
      add_block(products, head, queries, range, keys, values, scratch);
    }
  }
}

}  // namespace

void attend(const Kernels& kernels, const AttentionHead& head, bool bf16, AttendScratch* scratch) {
  if (bf16) {
    attend_with(Bf16Products{kernels}, head, scratch);
  } else {
    attend_with(FloatProducts{kernels}, head, scratch);
  }
}

}  // namespace jnlp
