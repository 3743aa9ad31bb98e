#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/regex/pattern.h"

// One class for each decoder of tokenizer.json; they do what the class of the same name in
// `tokenizers` does. The text is what the last one leaves, joined.

namespace jnlp::tok {

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual void apply(std::vector<std::string>* tokens) const = 0;
};

using DecoderPtr = std::unique_ptr<const Decoder>;

class WordPieceDecoder : public Decoder {
 public:
  WordPieceDecoder(std::string prefix, bool cleanup)
      : prefix_(std::move(prefix)), cleanup_(cleanup) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  std::string prefix_;
  bool cleanup_;
};

class BpeDecoder : public Decoder {
 public:
  explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  std::string suffix_;
};

class ByteLevelDecoder : public Decoder {
 public:
  void apply(std::vector<std::string>* tokens) const override;
};

class MetaspaceDecoder : public Decoder {
 public:
  MetaspaceDecoder(std::string replacement, bool drops_first)
      : replacement_(std::move(replacement)), drops_first_(drops_first) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  std::string replacement_;
  bool drops_first_;
};

class ByteFallbackDecoder : public Decoder {
 public:
  void apply(std::vector<std::string>* tokens) const override;
};

class FuseDecoder : public Decoder {
 public:
  void apply(std::vector<std::string>* tokens) const override;
};

class StripDecoder : public Decoder {
 public:
  StripDecoder(std::string content, size_t start, size_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  std::string content_;  // one code point
  size_t start_;
  size_t stop_;
};

class CtcDecoder : public Decoder {
 public:
  CtcDecoder(std::string pad_token, std::string word_delimiter, bool cleanup)
      : pad_token_(std::move(pad_token)),
        word_delimiter_(std::move(word_delimiter)),
        cleanup_(cleanup) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  std::string pad_token_;
  std::string word_delimiter_;
  bool cleanup_;
};

class ReplaceDecoder : public Decoder {
 public:
  ReplaceDecoder(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  Pattern pattern_;
  std::string content_;
};

class DecoderSequence : public Decoder {
 public:
  explicit DecoderSequence(std::vector<DecoderPtr> parts) : parts_(std::move(parts)) {}
  void apply(std::vector<std::string>* tokens) const override {
    for (const DecoderPtr& part : parts_) part->apply(tokens);
  }

 private:
  std::vector<DecoderPtr> parts_;
};

/// The value of a token <0xNN>, or -1.
int byte_of_fallback_token(std::string_view token);

}  // namespace jnlp::tok
