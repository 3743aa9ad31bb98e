#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tokenize/regex/pattern.h"
#include "tokenize/text/normalized_text.h"

// One class for each normalizer of tokenizer.json; they do what the class of the same name in
// `tokenizers` does.

namespace jnlp::tok {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(NormalizedText* text) const = 0;
};

using NormalizerPtr = std::unique_ptr<const Normalizer>;

struct BertNormalizerOptions {
  bool clean_text = true;
  bool handle_chinese_chars = true;
  bool strip_accents = true;
  bool lowercase = true;

  bool operator==(const BertNormalizerOptions&) const = default;
};

/// What BERT's original code does to text before it splits words.
class BertNormalizer : public Normalizer {
 public:
  explicit BertNormalizer(BertNormalizerOptions options) : options_(options) {}
  void apply(NormalizedText* text) const override;
  const BertNormalizerOptions& options() const { return options_; }

 private:
  BertNormalizerOptions options_;
};

class UnicodeNormalizer : public Normalizer {
 public:
  explicit UnicodeNormalizer(NormalizationForm form) : form_(form) {}
  void apply(NormalizedText* text) const override;

 private:
  NormalizationForm form_;
};

class Lowercase : public Normalizer {
 public:
  void apply(NormalizedText* text) const override;
};

/// Drops every combining mark; useful behind NFD.
class StripAccents : public Normalizer {
 public:
  void apply(NormalizedText* text) const override;
};

/// Drops white space at the ends.
class Strip : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  void apply(NormalizedText* text) const override;

 private:
  bool left_;
  bool right_;
};

class Replace : public Normalizer {
 public:
  Replace(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(NormalizedText* text) const override;

 private:
  Pattern pattern_;
  std::string content_;
};

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string prefix) : prefix_(std::move(prefix)) {}
  void apply(NormalizedText* text) const override { text->prepend(prefix_); }

 private:
  std::string prefix_;
};

/// The control characters and spaces that Google's NMT code drops and unifies.
class Nmt : public Normalizer {
 public:
  void apply(NormalizedText* text) const override;
};

/// Spells every byte as the letter that GPT-2's alphabet has for it.
class ByteLevelNormalizer : public Normalizer {
 public:
  void apply(NormalizedText* text) const override;
};

class NormalizerSequence : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<NormalizerPtr> parts) : parts_(std::move(parts)) {}
  void apply(NormalizedText* text) const override {
    for (const NormalizerPtr& part : parts_) part->apply(text);
  }

 private:
  std::vector<NormalizerPtr> parts_;
};

/// Lower-cases in place; shared by Lowercase and BertNormalizer.
void lowercase_text(NormalizedText* text);

}  // namespace jnlp::tok
