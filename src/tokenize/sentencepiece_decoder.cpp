#include "tokenize/sentencepiece_decoder.h"

#include "base/utf8.h"

namespace jnlp::tok {
namespace {

void append_with_spaces(std::string_view piece, std::string* text) {
  for (size_t done = 0;;) {
    const size_t at = piece.find(kSpaceSymbol, done);
    text->append(piece.substr(done, at - done));
    if (at == std::string_view::npos) return;
    text->push_back(' ');
    done = at + kSpaceSymbol.size();
  }
}

// Every byte that belongs to no character becomes one U+FFFD.
void append_bytes(std::string_view bytes, std::string* text) {
  while (!bytes.empty()) {
    const auto bad = find_invalid_utf8(bytes);
    text->append(bytes.substr(0, bad.value_or(bytes.size())));
    if (!bad) return;
    text->append("\xEF\xBF\xBD");
    bytes.remove_prefix(*bad + 1);
  }
}

}  // namespace

// `at_begin` becomes false behind the one space that is dropped, or any text.
void SentencePieceDecoder::append_piece(std::string_view piece, bool* at_begin,
                                        std::string* text) const {
  if (!text->empty()) *at_begin = false;
  if (options_.control.contains(std::string(piece))) return;
  if (!options_.unknown.empty() && piece == options_.unknown) {
    text->append(options_.unknown_surface);
    return;
  }
  if (*at_begin && options_.drops_first_space && piece.starts_with(kSpaceSymbol)) {
    piece.remove_prefix(kSpaceSymbol.size());
    if (!options_.drops_all_first_spaces) *at_begin = false;
  }
  append_with_spaces(piece, text);
}

void SentencePieceDecoder::apply(std::vector<std::string>* tokens) const {
  std::string text;
  std::string bytes;
  bool at_begin = true;
  for (const std::string& token : *tokens) {
    const int byte = options_.has_bytes ? byte_of_fallback_token(token) : -1;
    if (byte >= 0) {
      bytes.push_back(static_cast<char>(byte));
      continue;
    }
    append_bytes(bytes, &text);
    bytes.clear();
    append_piece(token, &at_begin, &text);
  }
  append_bytes(bytes, &text);
  if (options_.denormalizer && !text.empty()) {
    NormalizedText normalized(text, 0);
    options_.denormalizer->apply(&normalized);
    text = normalized.text();
  }
  *tokens = {std::move(text)};
}

}  // namespace jnlp::tok
