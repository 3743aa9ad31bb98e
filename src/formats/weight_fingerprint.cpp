#include "formats/weight_fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/mapped_file.h"
#include "formats/safetensors_header.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// FNV-1a: short, and good enough against accidents.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) {
      value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xCBF29CE484222325ULL;
};

// The places are read, not mapped: mapped pages would count as memory of the process.
void add_weights(const fs::path& path, Hash* hash) {
  constexpr uint64_t kPlaceBytes = 64;
  const MappedFile mapped(path);
  const std::string_view all(reinterpret_cast<const char*>(mapped.bytes().data()),
                             mapped.bytes().size());
  const SafetensorsHeader header = read_safetensors_header(all, path.string());
  hash->add(fmt::format("{} {}\n", all.size(), header.data_begin));
  std::ifstream file(path, std::ios::binary);
  for (const HeaderEntry& entry : header.entries) {
    hash->add(fmt::format("{} {} {}\n", entry.name, entry.begin, entry.end));
    const uint64_t bytes = std::min(kPlaceBytes, entry.end - entry.begin);
    const uint64_t last = entry.end - bytes;
    for (const uint64_t place : {entry.begin, entry.begin + (last - entry.begin) / 2, last}) {
      std::array<char, kPlaceBytes> values;
      file.seekg(static_cast<std::streamoff>(header.data_begin + place));
      file.read(values.data(), static_cast<std::streamsize>(bytes));
      if (!file) throw Error(ErrorCode::io, fmt::format("cannot read {}", path.string()));
      hash->add({values.data(), bytes});
    }
  }
}

void add_modules(const fs::path& directory, Hash* hash) {
  const fs::path list = directory / "modules.json";
  if (!fs::exists(list)) return;
  hash->add(read_file(list));
  const Json modules = read_json_file(list);
  if (!modules.is_array()) return;  // loading says what is wrong
  for (const Json& module : modules) {
    const fs::path folder = directory / (module.is_object() ? module.value("path", "") : "");
    std::error_code ignored;
    if (fs::equivalent(folder, directory, ignored)) continue;
    if (fs::exists(folder / "config.json")) hash->add(read_file(folder / "config.json"));
    if (fs::exists(folder / "model.safetensors")) add_weights(folder / "model.safetensors", hash);
  }
}

}  // namespace

std::string weight_fingerprint(const ModelDir& model) {
  Hash hash;
  for (const fs::path& file : model.weight_files) add_weights(file, &hash);
  if (model.adapter_file) add_weights(*model.adapter_file, &hash);
  add_modules(model.modules_path(), &hash);
  return fmt::format("{:016x}", hash.value());
}

}  // namespace jnlp
