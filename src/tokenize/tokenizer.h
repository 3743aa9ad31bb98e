#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp {

/// Which text loses tokens when a pair is too long.
enum class TruncationStrategy { longest_first, only_first, only_second };
/// Which end of a text loses tokens.
enum class TruncationDirection { left, right };

struct EncodeOptions {
  bool add_special_tokens = true;
  /// Greatest number of tokens, special ones included; 0 for no limit. The truncation that a
  /// tokenizer.json asks for is never applied by itself (see Tokenizer::file_max_length()), and
  /// nothing is ever padded.
  int32_t max_length = 0;
  /// Tokens that a window shares with the one before it (only for encode_windows).
  int32_t stride = 0;
  TruncationStrategy strategy = TruncationStrategy::longest_first;
  std::optional<TruncationDirection> direction = {};  ///< unset: as the tokenizer's file says
};

/// A tokenizer as Hugging Face `tokenizers` runs it, from tokenizer.json or from the older files.
/// Immutable after loading; every method may be called from several threads at once.
class Tokenizer {
 public:
  /// Loads from a model directory: tokenizer.json, else a SentencePiece model, else
  /// vocab.json + merges.txt, else vocab.txt, else a single .model or .tiktoken file of any name.
  /// tokenizer_config.json is honoured for all but the first; with a SentencePiece model the class
  /// that it (or config.json) names decides ids and special tokens.
  /// @throws Error not_found when there is none of them; invalid_input or unsupported with the
  ///   field at fault.
  static Tokenizer from_directory(const std::filesystem::path& directory);
  /// Loads one file, whose kind is told by its name and content. A SentencePiece model gives
  /// SentencePiece's own ids and no special tokens, whatever lies beside it.
  static Tokenizer from_file(const std::filesystem::path& file);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// Encodes one text. Ill-formed UTF-8 is an error: the caller decides whether to repair.
  /// Tokens behind max_length are cut off; `truncated` (if given) tells whether any were.
  /// @throws Error invalid_input.
  Encoding encode(std::string_view text, const EncodeOptions& options = {},
                  bool* truncated = nullptr) const;
  /// Encodes a pair, for example question and context.
  Encoding encode_pair(std::string_view first, std::string_view second,
                       const EncodeOptions& options = {}, bool* truncated = nullptr) const;
  /// Encodes a pair (or, with an empty optional, one text) into as many windows as max_length asks
  /// for; every window carries the special tokens and, for a pair with only_second, the whole first
  /// text, as `return_overflowing_tokens` does.
  /// @throws Error invalid_input when the part that may not be cut leaves no room.
  std::vector<Encoding> encode_windows(std::string_view first,
                                       std::optional<std::string_view> second,
                                       const EncodeOptions& options) const;

  /// Text of the ids, through the tokenizer's decoder.
  std::string decode(std::span<const int32_t> ids, bool skip_special_tokens = true) const;

  /// Id of a token as it stands in the vocabulary, or nothing.
  std::optional<int32_t> token_to_id(std::string_view token) const;
  /// The token as it stands in the vocabulary (for example "##ing"); an added token that is looked
  /// for in normalized text in its normalized form. @throws Error not_found.
  std::string id_to_token(int32_t id) const;
  /// Size of the vocabulary, added tokens included.
  int32_t vocab_size() const;
  /// What marks tokens that continue a word, "##" for WordPiece; empty where nothing does.
  std::string continuing_subword_prefix() const;
  /// Id that stands for what the vocabulary lacks, or nothing.
  std::optional<int32_t> unk_id() const;
  /// The maximum length that the tokenizer's file asks for, if any. As in `transformers`, it is for
  /// the caller to use: a silent cut at 128 tokens would surprise who looks for names or answers.
  std::optional<int32_t> file_max_length() const;

  struct Pipeline;

 private:
  class Job;
  explicit Tokenizer(std::unique_ptr<const Pipeline> pipeline);
  std::unique_ptr<const Pipeline> pipeline_;
};

}  // namespace jnlp
