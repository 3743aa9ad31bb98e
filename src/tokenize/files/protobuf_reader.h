#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace jnlp::tok {

/// Walks over the fields of one protobuf message (protobuf.dev, "Encoding"). Nothing that the bytes
/// say is trusted: lengths stay inside of the message, numbers inside of 64 bits, and nothing is
/// copied, so that memory never grows with what a damaged file claims.
class ProtobufReader {
 public:
  /// @param message outlives the reader and the fields taken from it.
  /// @param what names the message in errors.
  ProtobufReader(std::string_view message, std::string_view what)
      : message_(message), what_(what) {}

  /// Moves to the next field; false at the end of the message.
  /// @throws Error invalid_input when the bytes are no protobuf.
  bool next();

  /// Number of the field that next() moved to.
  uint32_t field() const { return field_; }
  /// Its value. @throws Error invalid_input when the field is stored as another kind of value.
  uint64_t varint() const;
  bool boolean() const { return varint() != 0; }
  float float32() const;
  /// Bytes, text or a message within the message.
  std::string_view bytes() const;

  /// @throws Error invalid_input that names the place.
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  enum class WireType : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  uint64_t read_varint();
  std::string_view take(uint64_t count);
  void expect(WireType type) const;

  std::string_view message_;
  std::string_view what_;
  size_t position_ = 0;
  uint32_t field_ = 0;
  WireType type_ = WireType::varint;
  uint64_t number_ = 0;
  std::string_view bytes_;
};

}  // namespace jnlp::tok
