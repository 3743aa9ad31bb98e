#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "formats/safetensors.h"

namespace jnlp {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

// Shifts a narrow float's bits into a float and rescales: exact for every finite value, subnormals
// included, because the product with a power of two is exact.
template <int kExponentBits, int kMantissaBits>
float widen(uint32_t bits) {
  constexpr int kBias = (1 << (kExponentBits - 1)) - 1;
  constexpr uint32_t kMagnitudeMask = (1U << (kExponentBits + kMantissaBits)) - 1U;
  const uint32_t magnitude = bits & kMagnitudeMask;
  const auto scaled = std::bit_cast<float>(magnitude << (23 - kMantissaBits));
  const float value = scaled * std::ldexp(1.0F, 127 - kBias);
  return (bits >> (kExponentBits + kMantissaBits)) != 0 ? -value : value;
}

// IEEE-like types: all-ones exponent is infinity or NaN.
template <int kExponentBits, int kMantissaBits>
float widen_ieee(uint32_t bits) {
  constexpr uint32_t kExponentMask = ((1U << kExponentBits) - 1U) << kMantissaBits;
  if ((bits & kExponentMask) != kExponentMask) return widen<kExponentBits, kMantissaBits>(bits);
  if ((bits & ((1U << kMantissaBits) - 1U)) != 0) return std::numeric_limits<float>::quiet_NaN();
  const bool negative = (bits >> (kExponentBits + kMantissaBits)) != 0;
  return negative ? -std::numeric_limits<float>::infinity()
                  : std::numeric_limits<float>::infinity();
}

// E4M3 in the "fn" variant (OCP 8-bit floating point specification): no infinity, one NaN.
float widen_e4m3(uint32_t bits) {
  if ((bits & 0x7FU) == 0x7FU) return std::numeric_limits<float>::quiet_NaN();
  return widen<4, 3>(bits);
}

template <typename Stored, typename Convert>
std::vector<float> convert(std::span<const std::byte> bytes, Convert to_float) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (size_t i = 0; i < values.size(); ++i) {
    Stored stored;  // memcpy: the data need not be aligned
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = to_float(stored);
  }
  return values;
}

template <typename Stored>
std::vector<float> convert_number(std::span<const std::byte> bytes) {
  return convert<Stored>(bytes, [](Stored value) { return static_cast<float>(value); });
}

}  // namespace

size_t bits_of(DType dtype) {
  switch (dtype) {
    case DType::f4:
      return 4;
    case DType::f6_e2m3:
    case DType::f6_e3m2:
      return 6;
    case DType::boolean:
    case DType::u8:
    case DType::i8:
    case DType::f8_e5m2:
    case DType::f8_e4m3:
    case DType::f8_e8m0:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2fnuz:
      return 8;
    case DType::i16:
    case DType::u16:
    case DType::f16:
    case DType::bf16:
      return 16;
    case DType::i32:
    case DType::u32:
    case DType::f32:
      return 32;
    case DType::f64:
    case DType::i64:
    case DType::u64:
    case DType::c64:
      return 64;
  }
  return 0;
}

size_t size_of(DType dtype) {
  const size_t bits = bits_of(dtype);
  if (bits < 8) {
    throw Error(ErrorCode::unsupported,
                fmt::format("elements of type {} do not fill whole bytes", to_string(dtype)));
  }
  return bits / 8;
}

int64_t TensorView::elements() const {
  int64_t count = 1;
  for (const int64_t dimension : shape) count *= dimension;
  return count;
}

std::vector<float> TensorView::to_float() const {
  switch (dtype) {
    case DType::f32:
      return convert_number<float>(bytes);
    case DType::f64:
      return convert_number<double>(bytes);
    case DType::f16:
      return convert<uint16_t>(bytes, [](uint16_t v) { return widen_ieee<5, 10>(v); });
    case DType::bf16:
      return convert<uint16_t>(
          bytes, [](uint16_t v) { return std::bit_cast<float>(static_cast<uint32_t>(v) << 16U); });
    case DType::f8_e5m2:
      return convert<uint8_t>(bytes, [](uint8_t v) { return widen_ieee<5, 2>(v); });
    case DType::f8_e4m3:
      return convert<uint8_t>(bytes, [](uint8_t v) { return widen_e4m3(v); });
    case DType::boolean:
    case DType::u8:
      return convert_number<uint8_t>(bytes);
    case DType::i8:
      return convert_number<int8_t>(bytes);
    case DType::i16:
      return convert_number<int16_t>(bytes);
    case DType::u16:
      return convert_number<uint16_t>(bytes);
    case DType::i32:
      return convert_number<int32_t>(bytes);
    case DType::u32:
      return convert_number<uint32_t>(bytes);
    case DType::i64:
      return convert_number<int64_t>(bytes);
    case DType::u64:
      return convert_number<uint64_t>(bytes);
    case DType::f4:
    case DType::f6_e2m3:
    case DType::f6_e3m2:
    case DType::f8_e8m0:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2fnuz:
    case DType::c64:
      break;
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("tensors of type {} cannot be read as floats", to_string(dtype)));
}

std::span<const float> TensorView::as_float() const {
  if (dtype != DType::f32) {
    throw Error(ErrorCode::unsupported, fmt::format("a tensor of type {} was to be used in place, "
                                                    "which only F32 can",
                                                    to_string(dtype)));
  }
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(float) != 0) {
    throw Error(ErrorCode::unsupported, "an F32 tensor is not aligned to 4 bytes in its file");
  }
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

}  // namespace jnlp
