#include <algorithm>
#include <cmath>

#include "generate/search.h"

namespace jnlp {
namespace {

// A running hypothesis with a token behind it.
struct Continuation {
  float score;  // of the whole
  size_t row;
  int32_t token;
};

class BeamSearch : public Search {
 public:
  explicit BeamSearch(const Seq2SeqOptions& options) : options_(options) {
    running_.emplace_back().ids.push_back(*options.decoder_start_token_id);
  }

  void advance(std::span<const std::vector<Candidate>> candidates) override {
    const std::vector<Continuation> best = best_continuations(candidates);
    if (best.empty()) return give_up();
    ++new_tokens_;
    std::vector<Hypothesis> next;
    for (size_t rank = 0; rank < best.size(); ++rank) {
      if (!ends(best[rank])) {
        if (next.size() < beams()) next.push_back(extended(best[rank]));
      } else if (rank < beams()) {
        finish(extended(best[rank]));
      }
    }
    running_ = std::move(next);
    if (!running_.empty() && !can_improve()) running_.clear();
  }

  std::vector<GeneratedSequence> results() const override {
    std::vector<GeneratedSequence> out;
    const auto wanted = static_cast<size_t>(options_.num_return_sequences);
    for (size_t i = 0; i < std::min(wanted, finished_.size()); ++i) {
      const std::vector<int32_t>& ids = finished_[i].ids;
      out.push_back({{ids.begin() + 1, ids.end()}, finished_[i].score});
    }
    return out;
  }

 private:
  size_t beams() const { return static_cast<size_t>(options_.num_beams); }

  // The number that a sum of `length` log-probabilities is divided by.
  float divisor(int64_t length) const {
    return static_cast<float>(std::pow(static_cast<double>(length), options_.length_penalty));
  }

  std::vector<Continuation> best_continuations(
      std::span<const std::vector<Candidate>> candidates) const {
    std::vector<Continuation> all;
    for (size_t row = 0; row < candidates.size(); ++row) {
      for (const Candidate& next : candidates[row]) {
        all.push_back({running_[row].score + next.score, row, next.token});
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Continuation& a, const Continuation& b) {
      return a.score > b.score;
    });
    all.resize(std::min(all.size(), static_cast<size_t>(candidates_wanted(options_))));
    return all;
  }

  bool ends(const Continuation& next) const {
    const auto& end = options_.eos_token_id;
    return new_tokens_ + 1 >= *options_.max_length ||
           std::find(end.begin(), end.end(), next.token) != end.end();
  }

  Hypothesis extended(const Continuation& next) const {
    Hypothesis out;
    out.ids = running_[next.row].ids;
    out.ids.push_back(next.token);
    out.score = next.score;
    out.parent = static_cast<int64_t>(next.row);
    return out;
  }

  // Keeps the best num_beams of all that ended.
  void finish(Hypothesis hypothesis) {
    hypothesis.score /= divisor(std::max<int64_t>(1, new_tokens_));
    const auto place =
        std::upper_bound(finished_.begin(), finished_.end(), hypothesis.score,
                         [](float score, const Hypothesis& other) { return score > other.score; });
    finished_.insert(place, std::move(hypothesis));
    if (finished_.size() > beams()) finished_.pop_back();
  }

  // No token may follow: what runs has ended.
  void give_up() {
    for (Hypothesis& hypothesis : running_) finish(std::move(hypothesis));
    running_.clear();
  }

  // Whether what runs may still get among the finished. Longer ones can only have a better score by
  // their divisor; which length is assumed is a heuristic of transformers.
  bool can_improve() const {
    if (finished_.size() < beams()) return true;
    if (options_.early_stopping == EarlyStopping::yes) return false;
    const bool longest =
        options_.early_stopping == EarlyStopping::never && options_.length_penalty > 0;
    const int64_t length = longest ? *options_.max_length - 1 : new_tokens_;
    return running_.front().score / divisor(length) > finished_.back().score;
  }

  const Seq2SeqOptions& options_;
  int64_t new_tokens_ = 0;
  std::vector<Hypothesis> finished_;  // best first, scores divided
};

}  // namespace

int64_t candidates_wanted(const Seq2SeqOptions& options) {
  if (options.num_beams == 1) return 1;
  // Were all of the first num_beams to end, there would still be as many that go on.
  const auto ends = static_cast<int64_t>(options.eos_token_id.size());
  return std::max<int64_t>(2, 1 + ends) * options.num_beams;
}

std::unique_ptr<Search> beam_search(const Seq2SeqOptions& options) {
  return std::make_unique<BeamSearch>(options);
}

}  // namespace jnlp
