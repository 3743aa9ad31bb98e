#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tokenize/pipeline.h"

// Readers of the files that a tokenizer can come as. Each fills a pipeline. All throw Error:
// not_found, io, invalid_input naming the field, or unsupported.

namespace jnlp::tok {

/// The kind of file is told by its name and content.
void load_file(const std::filesystem::path& file, Tokenizer::Pipeline* pipeline);
void load_directory(const std::filesystem::path& directory, Tokenizer::Pipeline* pipeline);

/// @param where names the text in errors.
void load_tokenizer_json(std::string_view text, const std::string& where,
                         Tokenizer::Pipeline* pipeline);
/// BERT's vocab.txt, one token a line.
void load_vocab_txt(const std::filesystem::path& vocab, const Json& config,
                    Tokenizer::Pipeline* pipeline);
/// GPT-2's vocab.json and merges.txt.
void load_vocab_and_merges(const std::filesystem::path& vocab, const std::filesystem::path& merges,
                           const Json& config, Tokenizer::Pipeline* pipeline);
/// A SentencePiece model by itself: SentencePiece's ids, no special tokens.
void load_sentencepiece(const std::filesystem::path& model, Tokenizer::Pipeline* pipeline);

/// A rank file of tiktoken: a line for each token, base64 and rank. Special tokens are in the
/// vocabulary, but are not looked for in text and not added, as with `encode_ordinary`.
void load_tiktoken(const std::filesystem::path& file, Tokenizer::Pipeline* pipeline);
/// True when the file begins as such a file does.
bool looks_like_tiktoken(const std::filesystem::path& file);

// Parts of tokenizer.json; null gives null.
NormalizerPtr read_normalizer(const Json& json, const std::string& where);
PreTokenizerPtr read_pre_tokenizer(const Json& json, const std::string& where, bool spell_bytes);
PostProcessor read_post_processor(const Json& json, const std::string& where);
DecoderPtr read_decoder(const Json& json, const std::string& where);
ModelPtr read_model(std::string_view text, const std::string& where, bool prefer_bytes,
                    bool* takes_bytes);
std::vector<AddedToken> read_added_tokens(const Json& json, const std::string& where);
/// {"String": ...} or {"Regex": ...}.
Pattern read_pattern(const Json& json, const std::string& where);

/// True when the ByteLevel pre-tokenizer comes last, so that nothing but the model sees the text
/// that it spells.
bool ends_with_byte_level(const Json& pre_tokenizer);

}  // namespace jnlp::tok
