#include "evaluate/summarization_metrics.h"

#include <functional>
#include <string>
#include <utility>

#include "evaluate/metrics/bootstrap.h"

namespace jnlp {
namespace {

struct RougeKind {
  const char* key;  // as rouge_score names it
  const char* name;
  PrecisionRecallF1 RougeScores::*scores;
};
constexpr RougeKind kKinds[] = {{"rouge1", "ROUGE-1", &RougeScores::rouge1},
                                {"rouge2", "ROUGE-2", &RougeScores::rouge2},
                                {"rougeL", "ROUGE-L", &RougeScores::rouge_l},
                                {"rougeLsum", "ROUGE-Lsum", &RougeScores::rouge_lsum}};

// A metric that is a sum over samples divided by another such sum.
struct Ratio {
  std::string key;
  std::string name;
  bool in_table;
  bool is_share;
  std::function<double(const ScoredSummary&)> numerator;
  std::function<double(const ScoredSummary&)> denominator;
};

double one(const ScoredSummary&) {
  return 1;
}

void append_f1(const RougeKind& kind, std::vector<Ratio>* ratios) {
  const auto scores = kind.scores;
  const std::string key = std::string(kind.key) + "_f1";
  const std::string name = std::string(kind.name) + " F1";
  ratios->push_back({key, name, true, true,
                     [scores](const ScoredSummary& s) { return (s.scores.*scores).f1; }, one});
  ratios->push_back({"lead3_" + key, name + ", lead-3", true, true,
                     [scores](const ScoredSummary& s) { return (s.lead3.*scores).f1; }, one});
}

void append_lengths(std::vector<Ratio>* ratios) {
  const auto summary = [](const ScoredSummary& s) { return static_cast<double>(s.summary_words); };
  const auto reference = [](const ScoredSummary& s) {
    return static_cast<double>(s.reference_words);
  };
  const auto document = [](const ScoredSummary& s) {
    return static_cast<double>(s.document_words);
  };
  ratios->push_back({"length_ratio", "length (x reference)", true, false, summary, reference});
  ratios->push_back({"compression", "document (x summary)", true, false, document, summary});
}

void append_details(const RougeKind& kind, std::vector<Ratio>* ratios) {
  const auto scores = kind.scores;
  const std::string key = kind.key;
  const std::string name = kind.name;
  ratios->push_back({key + "_precision", name + " precision", false, true,
                     [scores](const ScoredSummary& s) { return (s.scores.*scores).precision; },
                     one});
  ratios->push_back({key + "_recall", name + " recall", false, true,
                     [scores](const ScoredSummary& s) { return (s.scores.*scores).recall; }, one});
  ratios->push_back({"lead3_" + key + "_precision", name + " precision, lead-3", false, true,
                     [scores](const ScoredSummary& s) { return (s.lead3.*scores).precision; },
                     one});
  ratios->push_back({"lead3_" + key + "_recall", name + " recall, lead-3", false, true,
                     [scores](const ScoredSummary& s) { return (s.lead3.*scores).recall; }, one});
  ratios->push_back(
      {key + "_f1_minus_lead3", name + " F1 minus lead-3", false, false,
       [scores](const ScoredSummary& s) { return (s.scores.*scores).f1 - (s.lead3.*scores).f1; },
       one});
}

std::vector<Ratio> all_ratios() {
  std::vector<Ratio> ratios;
  for (const RougeKind& kind : kKinds) append_f1(kind, &ratios);
  append_lengths(&ratios);
  for (const RougeKind& kind : kKinds) append_details(kind, &ratios);
  return ratios;
}

// Numerator and denominator of one ratio for each sample.
struct Terms {
  std::vector<double> numerators;
  std::vector<double> denominators;

  double over(std::span<const uint32_t> samples) const {
    double numerator = 0;
    double denominator = 0;
    for (const uint32_t i : samples) {
      numerator += numerators[i];
      denominator += denominators[i];
    }
    return denominator == 0 ? 0 : numerator / denominator;
  }
};

std::vector<Terms> terms_of(const std::vector<Ratio>& ratios,
                            std::span<const ScoredSummary> summaries) {
  std::vector<Terms> terms(ratios.size());
  for (size_t r = 0; r < ratios.size(); ++r) {
    for (const ScoredSummary& summary : summaries) {
      terms[r].numerators.push_back(ratios[r].numerator(summary));
      terms[r].denominators.push_back(ratios[r].denominator(summary));
    }
  }
  return terms;
}

}  // namespace

std::vector<Metric> summarization_metrics(std::span<const ScoredSummary> summaries,
                                          const EvaluateOptions& options) {
  const std::vector<Ratio> ratios = all_ratios();
  const std::vector<Terms> terms = terms_of(ratios, summaries);
  const auto values_over = [&](std::span<const uint32_t> samples) {
    std::vector<double> values;
    values.reserve(terms.size());
    for (const Terms& of_ratio : terms) values.push_back(of_ratio.over(samples));
    return values;
  };
  const auto intervals =
      bootstrap_intervals(summaries.size(), values_over, {options.resamples, 0.95, options.seed});
  std::vector<uint32_t> all(summaries.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint32_t>(i);
  const auto values = values_over(all);
  std::vector<Metric> metrics;
  for (size_t r = 0; r < ratios.size(); ++r) {
    metrics.push_back({ratios[r].key, ratios[r].name, values[r], intervals[r], ratios[r].in_table,
                       ratios[r].is_share});
  }
  return metrics;
}

}  // namespace jnlp
