#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "backends/seq2seq_backend.h"
#include "generate/top_k.h"

namespace jnlp {

/// A target that is being written.
struct Hypothesis {
  std::vector<int32_t> ids;  ///< start token first
  float score = 0;           ///< sum of log-probabilities
  int64_t parent = 0;        ///< the running hypothesis that it was before its last token
};

/// The search for the targets of one source. It knows no model: it says which hypotheses go on, and
/// is told what may follow each.
class Search {
 public:
  virtual ~Search() = default;

  /// The hypotheses that go on; none when the search is over.
  const std::vector<Hypothesis>& running() const { return running_; }

  /// `candidates`: per running hypothesis what may follow, best first; candidates_wanted() of them
  /// where there are so many.
  virtual void advance(std::span<const std::vector<Candidate>> candidates) = 0;

  /// Best first.
  virtual std::vector<GeneratedSequence> results() const = 0;

 protected:
  std::vector<Hypothesis> running_;
};

/// How many candidates a search with these options wants of each hypothesis.
int64_t candidates_wanted(const Seq2SeqOptions& options);

/// Always the best token. `options` must be settled (generation_defaults.h) and live as long as the
/// search; so for beam search.
std::unique_ptr<Search> greedy_search(const Seq2SeqOptions& options);

/// Beam search as transformers does it.
std::unique_ptr<Search> beam_search(const Seq2SeqOptions& options);

/// Greedy search where num_beams is 1.
std::unique_ptr<Search> make_search(const Seq2SeqOptions& options);

}  // namespace jnlp
