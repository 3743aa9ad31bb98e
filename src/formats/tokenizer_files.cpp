#include "formats/tokenizer_files.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace jnlp {
namespace {

constexpr std::array kFiles = {
    "tokenizer.json", "vocab.txt", "vocab.json",      "sentencepiece.bpe.model",
    "spiece.model",   "spm.model", "tokenizer.model",
};
constexpr std::array kSideFiles = {"merges.txt", "tokenizer_config.json", "special_tokens_map.json",
                                   "added_tokens.json"};

}  // namespace

std::span<const char* const> tokenizer_files() {
  return kFiles;
}

std::span<const char* const> tokenizer_side_files() {
  return kSideFiles;
}

bool has_tokenizer(const std::filesystem::path& directory) {
  return std::any_of(kFiles.begin(), kFiles.end(), [&](const char* file) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(directory / file, ignored);
  });
}

}  // namespace jnlp
