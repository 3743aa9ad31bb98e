#include "tokenize/models/sentencepiece_plain.h"

#include "tokenize/text/sentencepiece_normalizer.h"

namespace jnlp::tok {

void SentencePieceChar::segment(std::string_view text, State* state) const {
  for (uint32_t begin = 0; begin < text.size();) {
    const PrefixTrie::Longest symbol = symbols_.longest_prefix(text.substr(begin));
    const uint32_t length =
        symbol.value >= 0 ? static_cast<uint32_t>(symbol.length) : character_length(text, begin);
    const int32_t id = find_text_piece(text.substr(begin, length));
    const bool known = id >= 0 && type(id) != PieceType::unused;
    state->segments.push_back({known ? id : unknown_piece(), begin, begin + length});
    begin += length;
  }
}

void SentencePieceWord::segment(std::string_view text, State* state) const {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(kSpaceSymbol, begin + 1), text.size());
    const int32_t id = find_text_piece(text.substr(begin, end - begin));
    const bool known = id >= 0 && type(id) != PieceType::unused;
    state->segments.push_back(
        {known ? id : unknown_piece(), static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
    begin = end;
  }
}

}  // namespace jnlp::tok
