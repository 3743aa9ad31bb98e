#include "cli/model_digest.h"

#include <set>

#include "base/file.h"
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

}  // namespace jnlp
