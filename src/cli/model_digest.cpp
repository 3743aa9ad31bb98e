#include "cli/model_digest.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/mapped_file.h"
#include "formats/weight_fingerprint.h"
#include "serve/cache_key.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// config.json, tokenizer.json, vocab.txt, merges.txt, spiece.model, ...
bool is_small_file(const fs::path& path) {
  const fs::path kind = path.extension();
  return kind == ".json" || kind == ".txt" || kind == ".model";
}

}  // namespace

std::string model_digest(const ModelDir& model) {
  std::set<fs::path> files;
  for (const fs::path& folder : {model.path, model.base_path, model.tokenizer_path}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (is_small_file(entry.path()) && entry.is_regular_file()) files.insert(entry.path());
    }
  }
  std::string digest;
  for (const fs::path& file : files) {
    digest = cache_key(digest, file.filename().string(), "", read_file(file)).hex();
  }
  return weight_fingerprint(model) + " " + digest;
}

std::string file_digest(const fs::path& path) {
  constexpr size_t kHead = 1 << 20;
  constexpr size_t kPlaces = 256;
  constexpr size_t kPlaceBytes = 4096;
  const MappedFile file(path);
  const std::span<const std::byte> bytes = file.bytes();
  std::string parts;
  const auto add = [&](size_t begin, size_t size) {
    begin = std::min(begin, bytes.size());
    const std::span<const std::byte> part =
        bytes.subspan(begin, std::min(size, bytes.size() - begin));
    parts.append(reinterpret_cast<const char*>(part.data()), part.size());
  };
  add(0, kHead);
  for (size_t i = 1; i <= kPlaces; ++i) {
    const size_t end = bytes.size() / kPlaces * i;
    add(end - std::min(end, kPlaceBytes), kPlaceBytes);
  }
  return cache_key(std::to_string(bytes.size()), "", "", parts).hex();
}

}  // namespace jnlp
