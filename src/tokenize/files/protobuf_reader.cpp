#include "tokenize/files/protobuf_reader.h"

#include <fmt/format.h>

#include <bit>

#include "base/error.h"

namespace jnlp::tok {
namespace {

uint32_t little_endian32(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

}  // namespace

void ProtobufReader::fail(std::string_view problem) const {
  throw Error(ErrorCode::invalid_input,
              fmt::format("{} is damaged: {} near byte {}", what_, problem, position_));
}

uint64_t ProtobufReader::read_varint() {
  constexpr uint32_t kLastShift = 63;  // the tenth byte has room for one bit
  uint64_t value = 0;
  for (uint32_t shift = 0; shift <= kLastShift; shift += 7) {
    if (position_ >= message_.size()) fail("a number is cut off");
    const auto byte = static_cast<unsigned char>(message_[position_++]);
    if (shift == kLastShift && byte > 1) fail("a number is too large");
    value |= static_cast<uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  fail("a number is too long");
}

std::string_view ProtobufReader::take(uint64_t count) {
  if (count > message_.size() - position_) fail("a field reaches beyond the end");
  const std::string_view bytes = message_.substr(position_, static_cast<size_t>(count));
  position_ += bytes.size();
  return bytes;
}

bool ProtobufReader::next() {
  if (position_ == message_.size()) return false;
  const uint64_t tag = read_varint();
  if (tag >> 3U == 0 || tag >> 3U >= 1U << 29U) fail("a field has no valid number");
  field_ = static_cast<uint32_t>(tag >> 3U);
  type_ = static_cast<WireType>(tag & 7U);
  switch (type_) {
    case WireType::varint:
      number_ = read_varint();
      return true;
    case WireType::fixed64:
      bytes_ = take(8);
      return true;
    case WireType::bytes:
      bytes_ = take(read_varint());
      return true;
    case WireType::fixed32:
      bytes_ = take(4);
      return true;
  }
  fail("a field has no known kind");  // groups among them, which nobody writes any more
}

void ProtobufReader::expect(WireType type) const {
  if (type_ != type) fail(fmt::format("field {} is of another kind", field_));
}

uint64_t ProtobufReader::varint() const {
  expect(WireType::varint);
  return number_;
}

float ProtobufReader::float32() const {
  expect(WireType::fixed32);
  return std::bit_cast<float>(little_endian32(bytes_));
}

std::string_view ProtobufReader::bytes() const {
  expect(WireType::bytes);
  return bytes_;
}

}  // namespace jnlp::tok
