#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// What the model's last layer computes.
enum class Head {
  sequence_classification,  ///< one row per sequence, a column per label: logits
  token_classification,     ///< one row per token, a column per label: logits
  question_answering,       ///< one row per token, two columns: start and end logits
  masked_lm,                ///< one row per token, a column per vocabulary entry: logits
  embedding,  ///< one row per sequence: pooled (and, if the model says so, normalized)
};

inline constexpr std::array kAllHeads = {Head::sequence_classification, Head::token_classification,
                                         Head::question_answering, Head::masked_lm,
                                         Head::embedding};

/// For example "token_classification".
std::string_view to_string(Head head);
/// Nothing for a name that is not known.
std::optional<Head> head_named(std::string_view name);

/// Whether the head answers per sequence; the others give a row per token.
constexpr bool has_row_per_sequence(Head head) {
  return head == Head::sequence_classification || head == Head::embedding;
}

/// Sequences packed one behind the other; nothing is padded. Sequence i has the tokens
/// [cu_seqlens[i], cu_seqlens[i + 1]).
struct Batch {
  std::vector<int32_t> token_ids;
  std::vector<int32_t> type_ids;          ///< same length as token_ids
  std::vector<int32_t> cu_seqlens = {0};  ///< cumulative lengths: sequences() + 1 entries, first 0

  int64_t sequences() const { return static_cast<int64_t>(cu_seqlens.size()) - 1; }
  int64_t tokens() const { return static_cast<int64_t>(token_ids.size()); }
  /// Appends a sequence; empty `types` means all 0.
  void add(std::span<const int32_t> ids, std::span<const int32_t> types = {});
};

/// A row-major matrix; what its rows and columns are is said by Head.
struct Output {
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<float> values;

  std::span<const float> row(int64_t index) const {
    return {values.data() + index * columns, static_cast<size_t>(columns)};
  }
};

/// A loaded model that turns packed batches into logits or embeddings.
/// The result of a sequence has the same bits alone, in any batch, and at any place in it.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual Head head() const = 0;
  /// Columns of the output.
  virtual int64_t output_size() const = 0;
  /// Longest sequence that the position embeddings allow, in tokens.
  virtual int64_t max_sequence_length() const = 0;
  /// One line for people: for example "native fp32 avx2, 2 threads".
  virtual std::string description() const = 0;

  /// @throws Error invalid_input for an empty sequence, one that is too long, or an id outside the
  ///   vocabulary.
  virtual Output run(const Batch& batch) = 0;
};

}  // namespace jnlp
