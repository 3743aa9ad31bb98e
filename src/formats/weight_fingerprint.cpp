#include "formats/weight_fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "base/error.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr std::streamoff kPlaces = 16;
constexpr std::streamoff kPlaceBytes = 512;

// FNV-1a: short, and good enough against accidents.
uint64_t add_bytes(uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

uint64_t add_file(uint64_t hash, const fs::path& path, uint64_t* size) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff bytes = file ? std::streamoff(file.tellg()) : -1;
  if (bytes < 0) throw Error(ErrorCode::io, fmt::format("cannot read {}", path.string()));
  *size += static_cast<uint64_t>(bytes);
  for (std::streamoff i = 0; i < kPlaces; ++i) {
    const std::streamoff last = std::max<std::streamoff>(bytes - kPlaceBytes, 0);
    std::array<char, kPlaceBytes> place;
    file.clear();
    file.seekg(last / (kPlaces - 1) * i);
    file.read(place.data(), place.size());
    hash = add_bytes(hash, {place.data(), static_cast<size_t>(file.gcount())});
  }
  return hash;
}

}  // namespace

std::string weight_fingerprint(const ModelDir& model) {
  uint64_t hash = 0xCBF29CE484222325ULL;
  uint64_t size = 0;
  for (const fs::path& file : model.weight_files) hash = add_file(hash, file, &size);
  if (model.adapter_file) hash = add_file(hash, *model.adapter_file, &size);
  return fmt::format("{}-{:016x}", size, hash);
}

}  // namespace jnlp
