#include "tokenize/unicode/unicode.h"

#include <algorithm>
#include <array>
#include <map>

namespace jnlp::tok {
namespace {

constexpr size_t kBlockSize = 256;
constexpr size_t kBlocks = 0x110000 / kBlockSize;

std::u32string_view find_mapping(std::span<const Mapping> mappings, const char32_t* pool,
                                 char32_t c) {
  const auto found =
      std::lower_bound(mappings.begin(), mappings.end(), c,
                       [](const Mapping& mapping, char32_t value) { return mapping.from < value; });
  if (found == mappings.end() || found->from != c) return {};
  return {pool + found->pool_begin, found->length};
}

}  // namespace

CodePointTable::CodePointTable(std::span<const Range> ranges) : block_of_(kBlocks) {
  std::map<std::array<uint8_t, kBlockSize>, uint32_t> known;
  std::array<uint8_t, kBlockSize> block{};
  size_t range = 0;
  for (size_t b = 0; b < kBlocks; ++b) {
    for (size_t i = 0; i < kBlockSize; ++i) {
      const auto c = static_cast<char32_t>(b * kBlockSize + i);
      while (range + 1 < ranges.size() && ranges[range + 1].begin <= c) ++range;
      block[i] = ranges[range].value;
    }
    const auto [entry, is_new] = known.try_emplace(block, static_cast<uint32_t>(blocks_.size()));
    if (is_new) blocks_.insert(blocks_.end(), block.begin(), block.end());
    block_of_[b] = entry->second;
  }
}

uint32_t properties(char32_t c) {
  static const CodePointTable table(kPropertyRanges);
  return kPropertySets[table[c]];
}

uint8_t script_class(char32_t c) {
  static const CodePointTable table(kScriptRanges);
  return table[c];
}

uint8_t regex_script(char32_t c) {
  static const CodePointTable table(kRegexScriptRanges);
  return table[c];
}

uint8_t combining_class(char32_t c) {
  static const CodePointTable table(kCombiningClassRanges);
  return table[c];
}

std::u32string_view lowercase(char32_t c) {
  return find_mapping(kLowercase, kLowercasePool, c);
}

std::u32string_view canonical_decomposition(char32_t c) {
  return find_mapping(kCanonical, kCanonicalPool, c);
}

std::u32string_view compatible_decomposition(char32_t c) {
  const std::u32string_view compatible = find_mapping(kCompatible, kCompatiblePool, c);
  return compatible.empty() ? canonical_decomposition(c) : compatible;
}

char32_t canonical_composition(char32_t first, char32_t second) {
  const auto found = std::lower_bound(
      std::begin(kCompositions), std::end(kCompositions), Composition{first, second, 0},
      [](const Composition& a, const Composition& b) {
        return a.first != b.first ? a.first < b.first : a.second < b.second;
      });
  const bool hit =
      found != std::end(kCompositions) && found->first == first && found->second == second;
  return hit ? found->composed : 0;
}

char32_t case_fold(char32_t c) {
  const auto found =
      std::lower_bound(std::begin(kCaseFolds), std::end(kCaseFolds), c,
                       [](const CaseFold& fold, char32_t value) { return fold.from < value; });
  return found != std::end(kCaseFolds) && found->from == c ? found->to : c;
}

}  // namespace jnlp::tok
