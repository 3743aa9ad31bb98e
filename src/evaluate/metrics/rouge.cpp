#include "evaluate/metrics/rouge.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "evaluate/metrics/rouge_words.h"
#include "evaluate/metrics/subsequence.h"

namespace jnlp {
namespace {

using Sentences = std::vector<WordIds>;

// Gives each different word a number.
class Vocabulary {
 public:
  explicit Vocabulary(RougeTokens tokens) : tokens_(tokens) {}

  Sentences read_lines(std::string_view text) {
    Sentences sentences;
    for (;;) {
      const size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (!line.empty()) sentences.push_back(read(line));
      if (end == std::string_view::npos) return sentences;
      text.remove_prefix(end + 1);
    }
  }

 private:
  WordIds read(std::string_view line) {
    WordIds ids;
    for (std::string& word : rouge_words(line, tokens_)) {
      const auto next = static_cast<uint32_t>(numbers_.size());
      ids.push_back(numbers_.emplace(std::move(word), next).first->second);
    }
    return ids;
  }

  RougeTokens tokens_;
  std::unordered_map<std::string, uint32_t> numbers_;
};

// No word runs over the end of a line, so the words of a text are those of its lines.
WordIds joined(const Sentences& sentences) {
  WordIds words;
  for (const WordIds& sentence : sentences) {
    words.insert(words.end(), sentence.begin(), sentence.end());
  }
  return words;
}

// In the order of operations of rouge_score, so that the last bits agree too.
PrecisionRecallF1 scores_from(size_t common, size_t expected, size_t predicted) {
  PrecisionRecallF1 scores;
  const auto hits = static_cast<double>(common);
  scores.precision = hits / static_cast<double>(std::max<size_t>(predicted, 1));
  scores.recall = hits / static_cast<double>(std::max<size_t>(expected, 1));
  const double sum = scores.precision + scores.recall;
  if (sum > 0) scores.f1 = 2 * scores.precision * scores.recall / sum;
  return scores;
}

// Runs of `length` words, each as often as it occurs. A pair of 32-bit numbers fits one of 64 bits.
std::unordered_map<uint64_t, size_t> count_runs(const WordIds& words, size_t length) {
  std::unordered_map<uint64_t, size_t> counts;
  for (size_t i = 0; i + length <= words.size(); ++i) {
    const uint64_t first = length == 2 ? uint64_t{words[i]} << 32 : 0;
    ++counts[first | words[i + length - 1]];
  }
  return counts;
}

PrecisionRecallF1 rouge_n(const WordIds& reference, const WordIds& summary, size_t length) {
  const auto predicted = count_runs(summary, length);
  size_t common = 0;
  for (const auto& [run, count] : count_runs(reference, length)) {
    if (const auto found = predicted.find(run); found != predicted.end()) {
      common += std::min(count, found->second);
    }
  }
  const auto runs = [length](const WordIds& words) {
    return words.size() < length ? 0 : words.size() - length + 1;
  };
  return scores_from(common, runs(reference), runs(summary));
}

PrecisionRecallF1 rouge_l(const WordIds& reference, const WordIds& summary) {
  return scores_from(common_subsequence_length(reference, summary), reference.size(),
                     summary.size());
}

std::unordered_map<uint32_t, size_t> count_words(const WordIds& words) {
  std::unordered_map<uint32_t, size_t> counts;
  for (const uint32_t word : words) ++counts[word];
  return counts;
}

// Lin 2004, section 3.2: a word of a reference sentence is found when it is in a longest common
// subsequence with any sentence of the summary. As in ROUGE 1.5.5, a word of the summary is used
// up by being found.
PrecisionRecallF1 rouge_lsum(const Sentences& reference, const Sentences& summary) {
  const WordIds summary_words = joined(summary);
  auto left = count_words(summary_words);
  size_t expected = 0;
  size_t common = 0;
  for (const WordIds& sentence : reference) {
    expected += sentence.size();
    std::set<size_t> places;
    for (const WordIds& candidate : summary) {
      const std::vector<size_t> found = common_subsequence_places(sentence, candidate);
      places.insert(found.begin(), found.end());
    }
    for (const size_t place : places) {
      const auto found = left.find(sentence[place]);
      if (found == left.end() || found->second == 0) continue;
      --found->second;
      ++common;
    }
  }
  return scores_from(common, expected, summary_words.size());
}

}  // namespace

std::string_view to_string(RougeTokens tokens) {
  switch (tokens) {
    case RougeTokens::ascii:
      return "rouge_score";
    case RougeTokens::ascii_stemmed:
      return "rouge_score with stemmer";
    case RougeTokens::unicode:
      return "Unicode words";
  }
  return "unknown";
}

RougeScores rouge(std::string_view reference, std::string_view summary, RougeTokens tokens) {
  Vocabulary vocabulary(tokens);
  const Sentences expected = vocabulary.read_lines(reference);
  const Sentences predicted = vocabulary.read_lines(summary);
  const WordIds expected_words = joined(expected);
  const WordIds predicted_words = joined(predicted);
  return {rouge_n(expected_words, predicted_words, 1), rouge_n(expected_words, predicted_words, 2),
          rouge_l(expected_words, predicted_words), rouge_lsum(expected, predicted)};
}

}  // namespace jnlp
