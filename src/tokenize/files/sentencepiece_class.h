#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tokenize/files/sentencepiece_file.h"
#include "tokenize/pipeline.h"

// A SentencePiece model as Hugging Face `transformers` uses it: its classes give pieces other ids,
// add special tokens and leave the work to `tokenizers` (convert_slow_tokenizer.py of version 4),
// whose normalization and segmentation differ in details from SentencePiece's own.

namespace jnlp::tok {

/// The class that tokenizer_config.json or config.json names, without "Fast", or that the type of
/// the model has; empty when they name none.
std::string tokenizer_class(const Json& tokenizer_config, const Json& model_config);

/// Loads `model` as that class does. @param config the directory's tokenizer_config.json.
/// @throws Error unsupported for a class that is not known, invalid_input when the model lacks what
///   the class needs.
void load_sentencepiece_class(const std::filesystem::path& model, const std::string& name,
                              const Json& config, Tokenizer::Pipeline* pipeline);

struct ScoredToken {
  std::string text;
  double score;
};

/// The vocabulary of `file` as the class numbers it.
struct ClassVocabulary {
  std::vector<ScoredToken> tokens;
  int32_t unknown_id = 0;
};

/// The model of `tokenizers` for these tokens: Unigram, or BPE with merges made from the scores.
/// @throws Error unsupported for models of type word and char, which `tokenizers` cannot run.
ModelPtr make_tokenizers_model(const SentencePieceFile& file, const ClassVocabulary& vocabulary,
                               bool byte_fallback);

}  // namespace jnlp::tok
