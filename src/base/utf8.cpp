#include "base/utf8.h"

#include <algorithm>

namespace jnlp {
namespace {

struct Sequence {
  size_t length;  // bytes of the well-formed sequence, or of the maximal ill-formed part
  bool valid;
};

// Unicode 15, table 3-7 "Well-Formed UTF-8 Byte Sequences".
Sequence next_sequence(std::string_view text, size_t position) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continuation = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(position);
  if (lead < 0x80) return {1, true};
  size_t length = 0;
  unsigned second_low = 0x80;
  unsigned second_high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) second_low = 0xA0;
    if (lead == 0xED) second_high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) second_low = 0x90;
    if (lead == 0xF4) second_high = 0x8F;
  } else {
    return {1, false};
  }
  const unsigned second = byte(position + 1);
  if (second < second_low || second > second_high) return {1, false};
  for (size_t i = 2; i < length; ++i) {
    if (!continuation(position + i)) return {i, false};
  }
  return {length, true};
}

}  // namespace

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const Sequence sequence = next_sequence(text, position);
    if (!sequence.valid) return position;
    position += sequence.length;
  }
  return std::nullopt;
}

bool is_valid_utf8(std::string_view text) {
  return !find_invalid_utf8(text).has_value();
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    const Sequence sequence = next_sequence(text, position);
    if (sequence.valid) {
      out.append(text.substr(position, sequence.length));
    } else {
      out.append("\xEF\xBF\xBD");
    }
    position += sequence.length;
  }
  return out;
}

size_t count_code_points(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

char32_t decode_utf8(std::string_view text, size_t* position) {
  const auto byte = [&](size_t i) -> char32_t { return static_cast<unsigned char>(text[i]); };
  const size_t p = *position;
  const char32_t lead = byte(p);
  if (lead < 0x80) {
    *position = p + 1;
    return lead;
  }
  if (lead < 0xE0) {
    *position = p + 2;
    return ((lead & 0x1F) << 6) | (byte(p + 1) & 0x3F);
  }
  if (lead < 0xF0) {
    *position = p + 3;
    return ((lead & 0x0F) << 12) | ((byte(p + 1) & 0x3F) << 6) | (byte(p + 2) & 0x3F);
  }
  *position = p + 4;
  return ((lead & 0x07) << 18) | ((byte(p + 1) & 0x3F) << 12) | ((byte(p + 2) & 0x3F) << 6) |
         (byte(p + 3) & 0x3F);
}

void append_utf8(char32_t code_point, std::string* out) {
  const auto push = [out](char32_t value) { out->push_back(static_cast<char>(value)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | (code_point >> 6));
    push(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    push(0xE0 | (code_point >> 12));
    push(0x80 | ((code_point >> 6) & 0x3F));
    push(0x80 | (code_point & 0x3F));
  } else {
    push(0xF0 | (code_point >> 18));
    push(0x80 | ((code_point >> 12) & 0x3F));
    push(0x80 | ((code_point >> 6) & 0x3F));
    push(0x80 | (code_point & 0x3F));
  }
}

CodePointIndex::CodePointIndex(std::string_view text) : size_(text.size()) {
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return;
  starts_.reserve(count_code_points(text));
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      starts_.push_back(static_cast<uint32_t>(i));
    }
  }
}

size_t CodePointIndex::code_point_offset(size_t byte_offset) const {
  if (starts_.empty()) return byte_offset;
  const auto found = std::lower_bound(starts_.begin(), starts_.end(), byte_offset);
  return static_cast<size_t>(found - starts_.begin());
}

size_t CodePointIndex::byte_offset(size_t code_point_offset) const {
  if (starts_.empty()) return code_point_offset;
  return code_point_offset < starts_.size() ? starts_[code_point_offset] : size_;
}

}  // namespace jnlp
