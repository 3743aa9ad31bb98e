#include "tasks/document_sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "tasks/document_sentences.h"

namespace jnlp {
namespace {

struct Piece {
  TextSpan span;
  int64_t tokens;
};

std::string_view text_of(std::string_view document, TextSpan span) {
  return document.substr(span.begin, span.end - span.begin);
}

bool is_break(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\t';
}

bool is_character_start(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

// Where to cut a text in two: behind the white space nearest to its middle, or else between two
// characters there. The text's begin when it is a single character.
uint32_t middle(std::string_view document, TextSpan span) {
  const uint32_t half = span.begin + (span.end - span.begin) / 2;
  for (uint32_t i = half; i > span.begin; --i) {
    if (is_break(document[i - 1])) return i;
  }
  uint32_t cut = half;
  while (cut > span.begin && !is_character_start(document[cut])) --cut;
  if (cut > span.begin) return cut;
  cut = half + 1;
  while (cut < span.end && !is_character_start(document[cut])) ++cut;
  return cut < span.end ? cut : span.begin;
}

class Cutter {
 public:
  Cutter(std::string_view document, int64_t max_tokens, const CountTokens& count_tokens)
      : document_(document), max_tokens_(max_tokens), count_tokens_(count_tokens) {}

  // Appends the span in pieces that fit.
  void add_pieces(TextSpan span, std::vector<Piece>* pieces) const {
    const int64_t tokens = count_tokens_(text_of(document_, span));
    if (tokens <= max_tokens_) return pieces->push_back({span, tokens});
    const uint32_t cut = middle(document_, span);
    if (cut == span.begin) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("sections of {} tokens are too short: '{}' does not fit", max_tokens_,
                              text_of(document_, span)));
    }
    uint32_t end = cut;
    while (end > span.begin + 1 && is_break(document_[end - 1])) --end;
    add_pieces({span.begin, end}, pieces);
    add_pieces({cut, span.end}, pieces);
  }

  // Appends consecutive pieces as sections. Tokens of a text are not always the sum of its parts',
  // so what comes out too long is halved.
  void add_sections(const std::vector<Piece>& pieces, std::vector<TextSpan>* sections) const {
    int64_t left = 0;  // in this section and those to come
    for (const Piece& piece : pieces) left += piece.tokens;
    int64_t wanted = equal_part(left);
    std::vector<Piece> section;
    int64_t tokens = 0;
    const auto close = [&] {
      close_section(section, sections);
      section.clear();
      left -= tokens;
      wanted = equal_part(left);
      tokens = 0;
    };
    for (const Piece& piece : pieces) {
      if (!section.empty() && tokens + piece.tokens > max_tokens_) close();
      if (!section.empty() && ends_well(tokens, wanted, section.back().span, piece.span)) close();
      section.push_back(piece);
      tokens += piece.tokens;
    }
    if (!section.empty()) close();
  }

 private:
  int64_t equal_part(int64_t tokens) const {
    const int64_t count = std::max<int64_t>((tokens + max_tokens_ - 1) / max_tokens_, 1);
    return (tokens + count - 1) / count;
  }

  // From nine tenths of the wanted size on the end of a paragraph is the place, from all of it any.
  bool ends_well(int64_t tokens, int64_t wanted, TextSpan last, TextSpan next) const {
    if (tokens >= wanted) return true;
    const std::string_view between = text_of(document_, {last.end, next.begin});
    return tokens * 10 >= wanted * 9 && std::count(between.begin(), between.end(), '\n') > 1;
  }

  void close_section(const std::vector<Piece>& pieces, std::vector<TextSpan>* sections) const {
    const TextSpan span{pieces.front().span.begin, pieces.back().span.end};
    if (pieces.size() == 1 || count_tokens_(text_of(document_, span)) <= max_tokens_) {
      return sections->push_back(span);
    }
    const auto half = pieces.begin() + std::ssize(pieces) / 2;
    close_section({pieces.begin(), half}, sections);
    close_section({half, pieces.end()}, sections);
  }

  std::string_view document_;
  int64_t max_tokens_;
  const CountTokens& count_tokens_;
};

}  // namespace

std::vector<TextSpan> document_sections(std::string_view document, int64_t max_tokens,
                                        const CountTokens& count_tokens) {
  const std::vector<DocumentSentence> sentences = document_sentences(document);
  if (sentences.empty()) return {};
  const TextSpan whole{sentences.front().span.begin, sentences.back().span.end};
  if (count_tokens(text_of(document, whole)) <= max_tokens) return {whole};
  const Cutter cutter(document, max_tokens, count_tokens);
  std::vector<Piece> pieces;
  for (const DocumentSentence& sentence : sentences) cutter.add_pieces(sentence.span, &pieces);
  std::vector<TextSpan> sections;
  cutter.add_sections(pieces, &sections);
  return sections;
}

}  // namespace jnlp
