#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/files/sentencepiece_class.h"
#include "tokenize/models/bpe.h"
#include "tokenize/models/unigram.h"

namespace jnlp::tok {
namespace {

struct Merge {
  int32_t left;
  int32_t right;
  int32_t id;
  double score;
  size_t left_length;  // code points
  size_t right_length;
};

Vocabulary make_vocabulary(const std::vector<ScoredToken>& tokens) {
  Vocabulary vocabulary;
  vocabulary.reserve(tokens.size(), tokens.size() * 8);
  for (size_t id = 0; id < tokens.size(); ++id) {
    vocabulary.add(tokens[id].text, static_cast<int64_t>(id));
  }
  return vocabulary;
}

// Every way to make the token of two others.
void add_merges_of(const Vocabulary& vocabulary, const ScoredToken& token, int32_t id,
                   std::vector<Merge>* merges) {
  const std::string_view text = token.text;
  const size_t length = count_code_points(text);
  const auto begin = static_cast<std::ptrdiff_t>(merges->size());
  size_t cut = 0;
  for (size_t done = 1; done < length; ++done) {
    decode_utf8(text, &cut);
    const auto left = vocabulary.find(text.substr(0, cut));
    const auto right = left ? vocabulary.find(text.substr(cut)) : std::nullopt;
    if (right) merges->push_back({*left, *right, id, token.score, done, length - done});
  }
  std::sort(merges->begin() + begin, merges->end(), [](const Merge& a, const Merge& b) {
    return std::tie(a.left, a.right) < std::tie(b.left, b.right);
  });
}

// The order of `generate_merges`: by score, then by the lengths of the two.
MergeTable make_merges(const Vocabulary& vocabulary, const std::vector<ScoredToken>& tokens) {
  std::vector<Merge> merges;
  for (size_t id = 0; id < tokens.size(); ++id) {
    add_merges_of(vocabulary, tokens[id], static_cast<int32_t>(id), &merges);
  }
  std::stable_sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) {
    return std::tie(a.score, a.left_length, a.right_length) >
           std::tie(b.score, b.left_length, b.right_length);
  });
  MergeTable table;
  table.reserve(merges.size());
  uint32_t rank = 0;
  for (const Merge& merge : merges) table.add(merge.left, merge.right, {rank++, merge.id});
  return table;
}

std::string unknown_text(const SentencePieceFile& file) {
  for (const SentencePiece& piece : file.pieces) {
    if (piece.type == PieceType::unknown) return std::string(piece.text);
  }
  return "<unk>";
}

}  // namespace

ModelPtr make_tokenizers_model(const SentencePieceFile& file, const ClassVocabulary& vocabulary,
                               bool byte_fallback) {
  Vocabulary tokens = make_vocabulary(vocabulary.tokens);
  if (file.model_type == SentencePieceFile::ModelType::unigram) {
    std::vector<double> scores;
    scores.reserve(vocabulary.tokens.size());
    for (const ScoredToken& token : vocabulary.tokens) scores.push_back(token.score);
    Unigram::Options options;
    options.unknown_id = vocabulary.unknown_id;
    options.byte_fallback = byte_fallback;
    return std::make_unique<Unigram>(std::move(tokens), std::move(scores), options);
  }
  if (file.model_type != SentencePieceFile::ModelType::bpe) {
    throw Error(ErrorCode::unsupported, "models of type word and char have no Hugging Face class");
  }
  MergeTable merges = make_merges(tokens, vocabulary.tokens);
  Bpe::Options options;
  options.unknown_token = unknown_text(file);
  options.fuse_unknown = true;
  options.byte_fallback = byte_fallback;
  return std::make_unique<Bpe>(std::move(tokens), std::move(merges), std::move(options));
}

}  // namespace jnlp::tok
