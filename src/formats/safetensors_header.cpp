#include "formats/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json.h"

namespace jnlp {
namespace {

constexpr std::array<std::pair<std::string_view, DType>, 22> kDTypeNames = {{
    {"BOOL", DType::boolean},
    {"U8", DType::u8},
    {"I8", DType::i8},
    {"F8_E5M2", DType::f8_e5m2},
    {"F8_E4M3", DType::f8_e4m3},
    {"I16", DType::i16},
    {"U16", DType::u16},
    {"F16", DType::f16},
    {"BF16", DType::bf16},
    {"I32", DType::i32},
    {"U32", DType::u32},
    {"F32", DType::f32},
    {"F64", DType::f64},
    {"I64", DType::i64},
    {"U64", DType::u64},
    {"F4", DType::f4},
    {"F6_E2M3", DType::f6_e2m3},
    {"F6_E3M2", DType::f6_e3m2},
    {"F8_E8M0", DType::f8_e8m0},
    {"F8_E4M3FNUZ", DType::f8_e4m3fnuz},
    {"F8_E5M2FNUZ", DType::f8_e5m2fnuz},
    {"C64", DType::c64},
}};

// The header is an object of objects of arrays; anything deeper is hostile.
constexpr int kMaxDepth = 4;
constexpr std::string_view kMetadataKey = "__metadata__";

[[noreturn]] void fail(std::string_view what, const std::string& why) {
  throw Error(ErrorCode::invalid_input, fmt::format("{} is not a sound safetensors file: {}; fetch "
                                                    "or save it again",
                                                    what, why));
}

// A long name from a damaged file would drown the message.
std::string shown(std::string_view name) {
  constexpr size_t kMaxShown = 120;
  if (name.size() <= kMaxShown) return fmt::format("'{}'", name);
  return fmt::format("'{}...'", name.substr(0, kMaxShown));
}

// The usual parser keeps the last of two equal keys; here that would hide a tensor.
Json parse_strictly(std::string_view text, std::string_view what) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kMaxDepth) fail(what, "its header is nested too deeply");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = value.get_ref<const std::string&>();
      if (!keys.back().insert(key).second) {
        fail(what, fmt::format("its header has the key {} twice", shown(key)));
      }
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), check);
  } catch (const Json::exception& e) {
    fail(what, fmt::format("its header is not valid JSON ({})", e.what()));
  }
}

uint64_t read_unsigned(const Json& value, std::string_view name, std::string_view what) {
  if (!value.is_number_unsigned()) {
    fail(what,
         fmt::format("the shape and data_offsets of {} must be whole numbers >= 0", shown(name)));
  }
  return value.get<uint64_t>();
}

DType read_dtype(const Json& value, std::string_view name, std::string_view what) {
  if (!value.is_string()) fail(what, fmt::format("the dtype of {} is not a string", shown(name)));
  const auto& text = value.get_ref<const std::string&>();
  for (const auto& [known, dtype] : kDTypeNames) {
    if (known == text) return dtype;
  }
  fail(what, fmt::format("{} has the unknown dtype {}", shown(name), shown(text)));
}

HeaderEntry read_entry(const std::string& name, const Json& value, std::string_view what) {
  if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets") || !value["shape"].is_array() ||
      !value["data_offsets"].is_array() || value["data_offsets"].size() != 2) {
    fail(what, fmt::format("{} needs dtype, shape and two data_offsets", shown(name)));
  }
  HeaderEntry entry;
  entry.name = name;
  entry.dtype = read_dtype(value["dtype"], name, what);
  uint64_t bits = bits_of(entry.dtype);
  constexpr auto kMaxDimension = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  for (const Json& item : value["shape"]) {
    const uint64_t dimension = read_unsigned(item, name, what);
    if (dimension > kMaxDimension || __builtin_mul_overflow(bits, dimension, &bits)) {
      fail(what, fmt::format("the shape of {} overflows", shown(name)));
    }
    entry.shape.push_back(static_cast<int64_t>(dimension));
  }
  entry.begin = read_unsigned(value["data_offsets"][0], name, what);
  entry.end = read_unsigned(value["data_offsets"][1], name, what);
  if (entry.end < entry.begin || bits % 8 != 0 || entry.end - entry.begin != bits / 8) {
    fail(what,
         fmt::format("the data of {} is not as long as its shape and dtype ask", shown(name)));
  }
  return entry;
}

void read_metadata(const Json& value, std::string_view what, SafetensorsHeader* header) {
  if (value.is_null()) return;
  if (!value.is_object()) fail(what, "__metadata__ is not an object");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) fail(what, "__metadata__ holds something else than strings");
    header->metadata.emplace(key, text.get<std::string>());
  }
}

// As the reference does: tensors must follow each other without gap and end with the file.
void check_layout(uint64_t data_size, std::string_view what, SafetensorsHeader* header) {
  auto& entries = header->entries;
  std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t expected = 0;
  for (const HeaderEntry& entry : entries) {
    if (entry.begin != expected) {
      fail(what, fmt::format("the data of {} begins at byte {} where {} is expected",
                             shown(entry.name), entry.begin, expected));
    }
    expected = entry.end;
  }
  if (expected != data_size) {
    fail(what, fmt::format("its tensors need {} bytes of data, it has {}", expected, data_size));
  }
}

}  // namespace

std::string_view to_string(DType dtype) {
  for (const auto& [name, known] : kDTypeNames) {
    if (known == dtype) return name;
  }
  return "unknown";
}

SafetensorsHeader read_safetensors_header(std::string_view file, std::string_view what) {
  if (file.size() < sizeof(uint64_t)) fail(what, "it is shorter than 8 bytes");
  uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof(length));
  if (length > kMaxSafetensorsHeader) fail(what, "its header is longer than 100 MB");
  if (length > file.size() - sizeof(length)) fail(what, "its header is longer than the file");
  const std::string_view text = file.substr(sizeof(length), length);
  // The JSON parser would skip a byte order mark and stop silently at a NUL.
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '{' ||
      text.find('\0') != std::string_view::npos) {
    fail(what, "its header is not a JSON object");
  }
  SafetensorsHeader header;
  header.data_begin = sizeof(length) + length;
  const Json json = parse_strictly(text, what);
  for (const auto& [name, value] : json.items()) {
    if (name == kMetadataKey) {
      read_metadata(value, what, &header);
    } else {
      header.entries.push_back(read_entry(name, value, what));
    }
  }
  check_layout(file.size() - header.data_begin, what, &header);
  return header;
}

}  // namespace jnlp
