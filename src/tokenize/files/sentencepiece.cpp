#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "tokenize/files/load.h"
#include "tokenize/files/sentencepiece_file.h"
#include "tokenize/sentencepiece_decoder.h"

namespace jnlp::tok {
namespace {

std::optional<CharsMap> charsmap_of(const SentencePieceFile::NormalizerSpec& spec) {
  return spec.charsmap.empty() ? std::nullopt : std::optional<CharsMap>(CharsMap(spec.charsmap));
}

DecoderPtr make_decoder(const SentencePieceFile& file) {
  SentencePieceDecoder::Options options;
  options.unknown_surface = file.unknown_surface;
  const SentencePieceNormalizerOptions& spaces = file.normalizer.options;
  options.drops_first_space = spaces.add_dummy_prefix || spaces.remove_extra_whitespaces;
  options.drops_all_first_spaces = spaces.remove_extra_whitespaces;
  for (const SentencePiece& piece : file.pieces) {
    if (piece.type == PieceType::control) options.control.emplace(piece.text);
    if (piece.type == PieceType::unknown) options.unknown = piece.text;
    if (piece.type == PieceType::byte) options.has_bytes = true;
  }
  if (!file.denormalizer.charsmap.empty()) {
    options.denormalizer = std::make_unique<SentencePieceNormalizer>(
        charsmap_of(file.denormalizer), PrefixTrie(), file.denormalizer.options);
  }
  return std::make_unique<SentencePieceDecoder>(std::move(options));
}

void make_parts(const SentencePieceFile& file, Tokenizer::Pipeline* pipeline) {
  pipeline->model = make_sentencepiece_model(file);
  pipeline->normalizer = std::make_unique<SentencePieceNormalizer>(
      charsmap_of(file.normalizer), user_defined_symbols(file.pieces), file.normalizer.options);
  pipeline->decoder = make_decoder(file);
  pipeline->word_starts = file.normalizer.options.treat_whitespace_as_suffix
                              ? Tokenizer::Pipeline::WordStarts::behind_space_symbol
                              : Tokenizer::Pipeline::WordStarts::at_space_symbol;
}

}  // namespace

void load_sentencepiece(const std::filesystem::path& path, Tokenizer::Pipeline* pipeline) {
  SentencePieceFile file;
  read_sentencepiece_file(path, &file);
  try {
    make_parts(file, pipeline);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{} is no sound SentencePiece model: {}; get the file "
                                          "anew from where the model is published",
                                          path.string(), error.what()));
  }
}

}  // namespace jnlp::tok
