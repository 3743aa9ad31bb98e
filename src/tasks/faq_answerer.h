#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/faq_reader.h"
#include "tasks/faq_retriever.h"
#include "tasks/passage_index.h"

namespace jnlp {

/// Similarity below which a passage is taken to be about something else. docs/chat.md has the
/// measurements that it is from, for all-MiniLM-L6-v2.
inline constexpr float kFaqMinScore = 0.45F;

struct FaqOptions {
  int64_t sources = 3;             ///< passages that are looked at, and given back
  float min_score = kFaqMinScore;  ///< a less similar passage is no source
};

/// How an answer came about.
enum class FaqAnswerKind {
  none,       ///< there is none: no passage is similar enough, or the reader found nothing
  pair,       ///< word for word the answer that somebody wrote
  extracted,  ///< words of a passage
  written,    ///< words of a language model that read passages
};

/// For example "extracted".
std::string_view to_string(FaqAnswerKind kind);

struct FaqAnswer {
  FaqAnswerKind kind = FaqAnswerKind::none;
  std::string text;                      ///< empty for none
  std::vector<PassageMatch> matches;     ///< the most similar first, also those below min_score
  size_t source = 0;                     ///< which of the matches the answer is from
  TextSpan span;                         ///< extracted: where in the source's text
  TextSpan sentence;                     ///< extracted: the sentence of the source around it
  float score = 0;                       ///< extracted: probability that the reader gives it
  int64_t tokens = 0;                    ///< read, of question and passages
  std::optional<Generation> generation;  ///< written
};

/// Answers questions from documents: finds the passages nearest to the question, gives the answer
/// of a pair as it is, and has texts read by a reader. One thread at a time.
class FaqAnswerer {
 public:
  /// @throws Error invalid_input for options out of range.
  FaqAnswerer(FaqRetriever retriever, std::unique_ptr<FaqReader> reader, FaqOptions options = {});

  /// @throws Error invalid_input for an empty question, and what retriever and reader throw.
  FaqAnswer answer(const std::string& question, const GenerationHooks& hooks = {});

  const FaqPassage& passage(const PassageMatch& match) const { return retriever_.passage(match); }
  const FaqDocument& document(const PassageMatch& match) const {
    return retriever_.documents().documents[passage(match).document];
  }
  const FaqDocuments& documents() const { return retriever_.documents(); }
  const FaqOptions& options() const { return options_; }
  /// One line for people: the models and how many passages there are.
  std::string description() const;

 private:
  void read_texts(const std::string& question, const GenerationHooks& hooks, FaqAnswer* answer);

  FaqRetriever retriever_;
  std::unique_ptr<FaqReader> reader_;
  FaqOptions options_;
};

}  // namespace jnlp
