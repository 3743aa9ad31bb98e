#include "tasks/sentence_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "tasks/document_sentences.h"

namespace jnlp {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// A vector without length stays as it is: it resembles nothing.
void scale_to_unit_length(Vector* vector) {
  const double length = std::sqrt(dot(*vector, *vector));
  if (length == 0) return;
  for (double& value : *vector) value /= length;
}

std::vector<Vector> unit_vectors(std::span<const CandidateSentence> sentences) {
  std::vector<Vector> vectors;
  vectors.reserve(sentences.size());
  for (const CandidateSentence& sentence : sentences) {
    vectors.emplace_back(sentence.embedding.begin(), sentence.embedding.end());
    scale_to_unit_length(&vectors.back());
  }
  return vectors;
}

std::vector<double> relevances(const std::vector<Vector>& vectors, double position) {
  Vector centre(vectors.front().size());
  for (const Vector& vector : vectors) {
    for (size_t k = 0; k < centre.size(); ++k) centre[k] += vector[k];
  }
  scale_to_unit_length(&centre);
  std::vector<double> values;
  for (size_t i = 0; i < vectors.size(); ++i) {
    values.push_back(dot(vectors[i], centre) + position / static_cast<double>(i + 1));
  }
  return values;
}

class Selection {
 public:
  Selection(std::span<const CandidateSentence> sentences, const SummaryOptions& options,
            const SelectionWeights& weights)
      : sentences_(sentences),
        weights_(weights),
        vectors_(unit_vectors(sentences)),
        relevances_(relevances(vectors_, weights.position)),
        // What was not compared with anything yet resembles nothing.
        likeness_(sentences.size(), 0.0),
        is_taken_(sentences.size()),
        length_(options) {}

  std::vector<size_t> run() {
    while (length_.wants_more()) {
      const std::optional<size_t> next = best_with_room();
      if (!next) break;
      take(*next);
    }
    if (chosen_.empty()) take(shortest());
    return std::move(chosen_);
  }

 private:
  std::optional<size_t> best_with_room() const {
    std::optional<size_t> best;
    double best_value = -std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < sentences_.size(); ++i) {
      if (is_taken_[i] || !length_.has_room_for(sentences_[i].words)) continue;
      const double value =
          (1 - weights_.diversity) * relevances_[i] - weights_.diversity * likeness_[i];
      if (value > best_value) {
        best = i;
        best_value = value;
      }
    }
    return best;
  }

  size_t shortest() const {
    const auto fewer_words = [](const CandidateSentence& a, const CandidateSentence& b) {
      return a.words < b.words;
    };
    const auto found = std::min_element(sentences_.begin(), sentences_.end(), fewer_words);
    return static_cast<size_t>(found - sentences_.begin());
  }

  void take(size_t i) {
    const bool first = chosen_.empty();
    chosen_.push_back(i);
    is_taken_[i] = true;
    length_.add(sentences_[i].words);
    for (size_t k = 0; k < vectors_.size(); ++k) {
      const double cosine = dot(vectors_[k], vectors_[i]);
      likeness_[k] = first ? cosine : std::max(likeness_[k], cosine);
    }
  }

  std::span<const CandidateSentence> sentences_;
  const SelectionWeights& weights_;
  std::vector<Vector> vectors_;
  std::vector<double> relevances_;
  std::vector<double> likeness_;  // greatest cosine with a sentence that was taken
  std::vector<bool> is_taken_;
  SummaryLength length_;
  std::vector<size_t> chosen_;
};

}  // namespace

std::vector<size_t> select_sentences(std::span<const CandidateSentence> sentences,
                                     const SummaryOptions& options,
                                     const SelectionWeights& weights) {
  if (sentences.empty()) return {};
  return Selection(sentences, options, weights).run();
}

}  // namespace jnlp
