#include <algorithm>
#include <cmath>

#include "generate/search.h"

namespace jnlp {
namespace {

class GreedySearch : public Search {
 public:
  explicit GreedySearch(const Seq2SeqOptions& options) : options_(options) {
    running_.emplace_back().ids.push_back(*options.decoder_start_token_id);
  }

  void advance(std::span<const std::vector<Candidate>> candidates) override {
    Hypothesis& one = running_.front();
    const std::vector<Candidate>& next = candidates.front();
    if (!next.empty()) {
      one.ids.push_back(next.front().token);
      one.score += next.front().score;
    }
    const auto& end = options_.eos_token_id;
    const bool ended = std::find(end.begin(), end.end(), one.ids.back()) != end.end();
    if (!next.empty() && !ended && static_cast<int64_t>(one.ids.size()) < *options_.max_length) {
      return;
    }
    done_ = std::move(one);
    running_.clear();
  }

  std::vector<GeneratedSequence> results() const override {
    const std::vector<int32_t>& ids = done_.ids;
    const auto length = static_cast<double>(std::max<size_t>(1, ids.size() - 1));
    const auto divisor = static_cast<float>(std::pow(length, options_.length_penalty));
    return {{{ids.begin() + 1, ids.end()}, done_.score / divisor}};
  }

 private:
  const Seq2SeqOptions& options_;
  Hypothesis done_;
};

}  // namespace

std::unique_ptr<Search> greedy_search(const Seq2SeqOptions& options) {
  return std::make_unique<GreedySearch>(options);
}

std::unique_ptr<Search> make_search(const Seq2SeqOptions& options) {
  return options.num_beams == 1 ? greedy_search(options) : beam_search(options);
}

}  // namespace jnlp
