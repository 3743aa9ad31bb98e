#include "formats/tokenizer_files.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace jnlp {
namespace {

constexpr std::array kFiles = {"tokenizer.json", "vocab.txt", "vocab.json"};
constexpr std::array kSideFiles = {"merges.txt", "tokenizer_config.json", "special_tokens_map.json",
                                   "added_tokens.json"};
// SentencePiece and tiktoken, under many names.
constexpr std::array kModelEnds = {".model", ".spm", ".tiktoken"};

template <size_t N>
bool contains(const std::array<const char*, N>& names, const std::filesystem::path& name) {
  return std::any_of(names.begin(), names.end(), [&](const char* other) { return name == other; });
}

bool suffices(const std::filesystem::path& name) {
  return contains(kFiles, name) || contains(kModelEnds, name.extension());
}

}  // namespace

bool is_tokenizer_file(const std::filesystem::path& name) {
  return suffices(name) || contains(kSideFiles, name);
}

bool has_tokenizer(const std::filesystem::path& directory) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (suffices(entry->path().filename()) && entry->is_regular_file(ignored)) return true;
  }
  return false;
}

}  // namespace jnlp
