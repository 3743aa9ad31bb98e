#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jnlp {

/// A passage with how like a query it is.
struct PassageMatch {
  size_t passage = 0;
  float similarity = 0;  ///< cosine, from -1 to 1

  bool operator==(const PassageMatch&) const = default;
};

/// Embeddings of passages, searched exactly. A passage may have several, for example one of a
/// question and one of its answer: the most similar one counts.
class PassageIndex {
 public:
  /// @throws Error invalid_input when `dimension` is not positive.
  explicit PassageIndex(int64_t dimension);

  /// @throws Error invalid_input for a vector of another length, or with a value that is no number.
  void add(size_t passage, std::span<const float> embedding);

  /// The passages most similar to a query, best first, at most `count`; of equally similar ones
  /// the one with the lower number first.
  /// @throws Error as add().
  std::vector<PassageMatch> nearest(std::span<const float> query, size_t count) const;

  size_t size() const { return passages_.size(); }  ///< embeddings, not passages

 private:
  std::vector<float> unit_vector(std::span<const float> embedding) const;

  size_t dimension_;
  std::vector<float> rows_;  // of length 1, one after the other
  std::vector<size_t> passages_;
};

}  // namespace jnlp
