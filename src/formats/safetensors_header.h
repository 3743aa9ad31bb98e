#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/safetensors.h"

namespace jnlp {

/// What a safetensors header says about one tensor; offsets count from the end of the header.
struct HeaderEntry {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<HeaderEntry> entries;  ///< by position in the file, without gap or overlap
  std::map<std::string, std::string, std::less<>> metadata;
  uint64_t data_begin = 0;  ///< offset of the first tensor byte in the file
};

/// Greatest header that the reference implementation reads.
inline constexpr uint64_t kMaxSafetensorsHeader = 100'000'000;

/// Parses and checks the header of a whole file. `what` names the file in messages.
/// @throws Error invalid_input with the first fault found.
SafetensorsHeader read_safetensors_header(std::string_view file, std::string_view what);

}  // namespace jnlp
