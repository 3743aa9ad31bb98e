#include "evaluate/summarization_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evaluate/measure.h"
#include "evaluate/random.h"
#include "evaluate/summarization_metrics.h"
#include "tasks/lead_summarizer.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

Measured<Summary> run_documents(const std::vector<std::string>& documents,
                                const SummaryPredictor& predict, const std::string& label,
                                int64_t batch_size) {
  const auto run = [&](size_t begin, size_t end) {
    return predict(std::span<const std::string>(documents).subspan(begin, end - begin));
  };
  const auto same = [](const Summary& a, const Summary& b) { return a.text == b.text; };
  return Measurement<Summary>(documents.size(), run, same, {label, batch_size}).measure();
}

OrderedJson f1_json(const RougeScores& scores) {
  return {{"rouge1", scores.rouge1.f1},
          {"rouge2", scores.rouge2.f1},
          {"rougeL", scores.rouge_l.f1},
          {"rougeLsum", scores.rouge_lsum.f1}};
}

// Where the intervals of two scores overlap, that of their difference can still tell them apart.
std::string difference_note(const std::vector<Metric>& metrics) {
  std::string note;
  for (const Metric& metric : metrics) {
    if (!metric.key.ends_with("_f1_minus_lead3")) continue;
    note += fmt::format("{} {} {:+.4f} ({:+.4f} to {:+.4f})", note.empty() ? "" : ",",
                        metric.name.substr(0, metric.name.find(' ')), metric.value,
                        metric.interval.low, metric.interval.high);
  }
  return "F1 minus that of the first three sentences, with 95 % intervals:" + note;
}

size_t count_lines(const std::string& text) {
  if (text.empty()) return 0;
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

// Lead-3 is longer than many a summary, or shorter: what as many first sentences as the summaries
// have on average would score.
OrderedJson lead_of_same_length(const std::vector<std::string>& references,
                                const std::vector<std::string>& documents, double mean_sentences,
                                RougeTokens tokens) {
  const auto count = std::max<int64_t>(std::llround(mean_sentences), 1);
  const auto leads = LeadSummarizer().run(documents, {.max_sentences = count});
  OrderedJson result = {{"sentences", count}};
  double sums[4] = {};
  for (size_t i = 0; i < documents.size(); ++i) {
    const RougeScores scores = rouge(references[i], summary_lines(leads[i], documents[i]), tokens);
    sums[0] += scores.rouge1.f1;
    sums[1] += scores.rouge2.f1;
    sums[2] += scores.rouge_l.f1;
    sums[3] += scores.rouge_lsum.f1;
  }
  const char* names[4] = {"rouge1", "rouge2", "rougeL", "rougeLsum"};
  for (size_t i = 0; i < 4; ++i) {
    result[names[i]] = sums[i] / static_cast<double>(documents.size());
  }
  return result;
}

std::string lead_note(const OrderedJson& lead) {
  return fmt::format(
      "F1 of the first {} sentence{}, as many as the summaries have on average: "
      "ROUGE-1 {:.4f}, ROUGE-2 {:.4f}, ROUGE-L {:.4f}, ROUGE-Lsum {:.4f}",
      lead["sentences"].get<int64_t>(), lead["sentences"] == 1 ? "" : "s",
      lead["rouge1"].get<double>(), lead["rouge2"].get<double>(), lead["rougeL"].get<double>(),
      lead["rougeLsum"].get<double>());
}

// What was written by a model, one document at a time.
OrderedJson written_json(const Measured<Summary>& measured) {
  int64_t read = 0;
  int64_t generated = 0;
  int64_t in_sections = 0;
  double seconds = 0;
  for (size_t i = 0; i < measured.results.size(); ++i) {
    read += measured.results[i].tokens;
    generated += measured.results[i].generated_tokens;
    if (measured.results[i].sections > 1) ++in_sections;
    seconds += measured.latencies_ms[i] / 1e3;
  }
  const auto count = static_cast<double>(measured.results.size());
  return {{"mean_read_tokens", static_cast<double>(read) / count},
          {"mean_generated_tokens", static_cast<double>(generated) / count},
          {"generated_tokens_per_second", static_cast<double>(generated) / seconds},
          {"documents_in_sections", in_sections}};
}

std::string written_note(const OrderedJson& written) {
  return fmt::format(
      "Per document {:.0f} tokens read and {:.0f} written, {:.1f} a second of all "
      "its time; {} documents were too long and summarized by sections",
      written["mean_read_tokens"].get<double>(), written["mean_generated_tokens"].get<double>(),
      written["generated_tokens_per_second"].get<double>(),
      written["documents_in_sections"].get<int64_t>());
}

double mean_of(const std::vector<ScoredSummary>& scored, int64_t ScoredSummary::*words) {
  double sum = 0;
  for (const ScoredSummary& summary : scored) sum += static_cast<double>(summary.*words);
  return sum / static_cast<double>(scored.size());
}

}  // namespace

void evaluate_summarization(const std::vector<SummarizationExample>& examples,
                            const SummaryPredictor& predict, RougeTokens tokens,
                            const EvaluateOptions& options, TaskReport* report) {
  const auto chosen = choose_subset(examples.size(), options);
  std::vector<std::string> documents;
  documents.reserve(chosen.size());
  for (const size_t i : chosen) documents.push_back(examples[i].document);
  const auto measured = run_documents(documents, predict, report->task, options.batch_size);
  const auto leads = LeadSummarizer().run(documents, {.max_sentences = 3});

  std::vector<ScoredSummary> scored;
  std::vector<std::string> references;
  double sentences = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const SummarizationExample& example = examples[chosen[i]];
    const Summary& summary = measured.results[i];
    const std::string expected = sentence_lines(example.summary);
    const std::string predicted = summary_lines(summary, example.document);
    ScoredSummary& result = scored.emplace_back();
    result.scores = rouge(expected, predicted, tokens);
    result.lead3 = rouge(expected, summary_lines(leads[i], example.document), tokens);
    result.document_words = count_words(example.document);
    result.reference_words = count_words(expected);
    result.summary_words = count_words(predicted);
    sentences += static_cast<double>(count_lines(predicted));
    references.push_back(expected);
    if (summary.truncated) ++report->truncated;
    report->predictions.push_back({{"task", report->task},
                                   {"sample", chosen[i]},
                                   {"id", example.id},
                                   {"expected", expected},
                                   {"predicted", predicted},
                                   {"f1", f1_json(result.scores)},
                                   {"f1_lead3", f1_json(result.lead3)},
                                   {"words", result.summary_words},
                                   {"truncated", summary.truncated},
                                   {"latency_ms", measured.latencies_ms[i]}});
  }
  report->dataset_size = examples.size();
  report->samples = chosen.size();
  report->performance = measured.performance;
  report->metrics = summarization_metrics(scored, options);
  report->details = {{"rouge", to_string(tokens)},
                     {"mean_words",
                      {{"document", mean_of(scored, &ScoredSummary::document_words)},
                       {"reference", mean_of(scored, &ScoredSummary::reference_words)},
                       {"summary", mean_of(scored, &ScoredSummary::summary_words)}}},
                     {"mean_summary_sentences", sentences / static_cast<double>(scored.size())}};
  report->notes.push_back(difference_note(report->metrics));
  const OrderedJson lead = lead_of_same_length(
      references, documents, sentences / static_cast<double>(scored.size()), tokens);
  report->details["lead_of_same_length"] = lead;
  if (lead["sentences"] != 3) report->notes.push_back(lead_note(lead));
  const OrderedJson written = written_json(measured);
  if (written["mean_generated_tokens"] == 0.0) return;
  report->details["written"] = written;
  report->notes.push_back(written_note(written));
}

}  // namespace jnlp
