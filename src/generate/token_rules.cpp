#include "generate/token_rules.h"

#include <algorithm>
#include <limits>

namespace jnlp {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

void forbid(std::span<const int32_t> ids, std::span<float> scores) {
  for (const int32_t id : ids) {
    if (id >= 0 && static_cast<size_t>(id) < scores.size())
      scores[static_cast<size_t>(id)] = kNever;
  }
}

// Keskar et al. 2019: what is there already gets a lower score, once per token.
void penalize_repetition(float penalty, std::span<const int32_t> ids, std::span<float> scores) {
  std::vector<int32_t> seen(ids.begin(), ids.end());
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  for (const int32_t id : seen) {
    float& score = scores[static_cast<size_t>(id)];
    score = score < 0 ? score * penalty : score / penalty;
  }
}

// No n-gram comes twice: forbids each token that once followed the last n - 1 tokens.
void forbid_repeated_ngrams(int64_t size, std::span<const int32_t> ids, std::span<float> scores) {
  const auto n = static_cast<size_t>(size);
  if (ids.size() < n) return;
  const std::span<const int32_t> last = ids.last(n - 1);
  for (size_t begin = 0; begin + n <= ids.size(); ++begin) {
    if (std::equal(last.begin(), last.end(), ids.begin() + static_cast<ptrdiff_t>(begin))) {
      forbid(ids.subspan(begin + n - 1, 1), scores);
    }
  }
}

// Forbids the last token of each word whose other tokens have just come.
void forbid_words(const Seq2SeqOptions& options, std::span<const int32_t> ids,
                  std::span<float> scores) {
  for (const std::vector<int32_t>& word : options.bad_words_ids) {
    if (word.empty() || word.size() > ids.size() + 1) continue;
    // The end must stay possible.
    const auto& end = options.eos_token_id;
    if (word.size() == 1 && std::find(end.begin(), end.end(), word[0]) != end.end()) continue;
    const std::span<const int32_t> last = ids.last(word.size() - 1);
    if (std::equal(last.begin(), last.end(), word.begin())) {
      forbid(std::span(word).last(1), scores);
    }
  }
}

void force(std::span<const int32_t> ids, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), kNever);
  for (const int32_t id : ids) scores[static_cast<size_t>(id)] = 0;
}

}  // namespace

TokenRules::TokenRules(const Seq2SeqOptions& options) : options_(options) {}

void TokenRules::apply(std::span<const int32_t> ids, std::span<float> scores) const {
  const auto length = static_cast<int64_t>(ids.size());
  if (options_.repetition_penalty != 1) {
    penalize_repetition(options_.repetition_penalty, ids, scores);
  }
  if (options_.no_repeat_ngram_size > 0) {
    forbid_repeated_ngrams(options_.no_repeat_ngram_size, ids, scores);
  }
  forbid_words(options_, ids, scores);
  if (length < options_.min_length) forbid(options_.eos_token_id, scores);
  if (length == 1 && options_.forced_bos_token_id) {
    force({&*options_.forced_bos_token_id, 1}, scores);
  }
  if (length == *options_.max_length - 1 && !options_.forced_eos_token_id.empty()) {
    force(options_.forced_eos_token_id, scores);
  }
  forbid(options_.suppress_tokens, scores);
  // A forced first token is not counted as the beginning.
  if (length == (options_.forced_bos_token_id ? 2 : 1)) {
    forbid(options_.begin_suppress_tokens, scores);
  }
}

}  // namespace jnlp
