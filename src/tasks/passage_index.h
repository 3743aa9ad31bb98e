#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jnlp {

/// A passage with how like a query it is.
struct PassageMatch {
  size_t passage = 0;
  float similarity = 0;  ///< from -1 to 1

  bool operator==(const PassageMatch&) const = default;
};

/// Embeddings of passages and of their parts, for example sentences, searched exactly. A passage is
/// as similar to a query as the mean of two cosines says: that of the whole and that of its most
/// similar part. A whole alone drowns a sentence that answers; a sentence alone lacks what it is
/// about.
class PassageIndex {
 public:
  /// @throws Error invalid_input when `dimension` is not positive.
  explicit PassageIndex(int64_t dimension);

  /// Adds the next passage; they are numbered from 0. Without parts the whole counts alone.
  /// @throws Error invalid_input for a vector of another length, or with a value that is no number.
  void add(std::span<const float> whole, std::span<const std::vector<float>> parts);

  /// The passages most similar to a query, best first, at most `count`; of equally similar ones
  /// the one with the lower number first.
  /// @throws Error as add().
  std::vector<PassageMatch> nearest(std::span<const float> query, size_t count) const;

  size_t size() const { return ends_.size(); }

 private:
  std::vector<float> unit_vector(std::span<const float> embedding) const;
  float similarity(std::span<const float> unit, size_t begin, size_t end) const;

  size_t dimension_;
  std::vector<float> rows_;   // of length 1; each passage's whole and then its parts
  std::vector<size_t> ends_;  // behind each passage's last row
};

}  // namespace jnlp
