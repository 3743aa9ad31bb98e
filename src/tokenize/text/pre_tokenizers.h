#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tokenize/regex/pattern.h"
#include "tokenize/text/pieces.h"

// One class for each pre-tokenizer of tokenizer.json; they do what the class of the same name in
// `tokenizers` does.

namespace jnlp::tok {

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void apply(PieceList* pieces) const = 0;
};

using PreTokenizerPtr = std::unique_ptr<const PreTokenizer>;

/// Words between spaces, and every punctuation mark alone.
class BertPreTokenizer : public PreTokenizer {
 public:
  void apply(PieceList* pieces) const override;
};

/// Pieces of one code point property.
class PropertySplit : public PreTokenizer {
 public:
  PropertySplit(uint32_t property, SplitBehavior behavior)
      : property_(property), behavior_(behavior) {}
  void apply(PieceList* pieces) const override;

 private:
  uint32_t property_;
  SplitBehavior behavior_;
};

/// Runs of word letters and runs of the rest that is no space.
class WhitespacePreTokenizer : public PreTokenizer {
 public:
  void apply(PieceList* pieces) const override;
};

class CharDelimiterSplit : public PreTokenizer {
 public:
  explicit CharDelimiterSplit(char32_t delimiter) : delimiter_(delimiter) {}
  void apply(PieceList* pieces) const override;

 private:
  char32_t delimiter_;
};

class PatternSplit : public PreTokenizer {
 public:
  PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}
  void apply(PieceList* pieces) const override;

 private:
  Pattern pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

/// GPT-2's words, spelled in its byte alphabet.
class ByteLevelPreTokenizer : public PreTokenizer {
 public:
  ByteLevelPreTokenizer(bool add_prefix_space, bool use_regex, bool spell)
      : add_prefix_space_(add_prefix_space), use_regex_(use_regex), spell_(spell) {}
  void apply(PieceList* pieces) const override;

 private:
  bool add_prefix_space_;
  bool use_regex_;
  bool spell_;  // false when the model works on bytes and the letters are not needed
};

class Metaspace : public PreTokenizer {
 public:
  enum class Prepend { first, never, always };

  Metaspace(std::string replacement, Prepend prepend, bool split)
      : replacement_(std::move(replacement)), prepend_(prepend), split_(split) {}
  void apply(PieceList* pieces) const override;

 private:
  std::string replacement_;  // one code point
  Prepend prepend_;
  bool split_;
};

/// Runs of one script, as SentencePiece's trainer cuts them.
class UnicodeScriptsSplit : public PreTokenizer {
 public:
  void apply(PieceList* pieces) const override;
};

class FixedLengthSplit : public PreTokenizer {
 public:
  explicit FixedLengthSplit(size_t length) : length_(length) {}
  void apply(PieceList* pieces) const override;

 private:
  size_t length_;  // code points
};

class PreTokenizerSequence : public PreTokenizer {
 public:
  explicit PreTokenizerSequence(std::vector<PreTokenizerPtr> parts) : parts_(std::move(parts)) {}
  void apply(PieceList* pieces) const override {
    for (const PreTokenizerPtr& part : parts_) part->apply(pieces);
  }

 private:
  std::vector<PreTokenizerPtr> parts_;
};

}  // namespace jnlp::tok
