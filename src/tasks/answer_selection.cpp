#include "tasks/answer_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tasks/text_windows.h"

namespace jnlp {
namespace {

constexpr int32_t kContext = 1;      // sequence id of the context
constexpr int64_t kStartColumn = 0;  // of the output
constexpr int64_t kEndColumn = 1;

// Probabilities of one window; 0 for what cannot be in an answer: question and special tokens.
struct WindowScores {
  std::vector<float> start;
  std::vector<float> end;
  float null_score = 0;
};

struct Candidate {
  size_t window = 0;
  size_t start = 0;
  size_t end = 0;
  float score = 0;
};

bool better(const Candidate& a, const Candidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return std::tie(a.window, a.start, a.end) < std::tie(b.window, b.start, b.end);
}

// The first token stands for "no answer here" and takes part in the softmax.
bool takes_part(const Encoding& window, size_t token) {
  return window.sequence_ids[token] == kContext || (token == 0 && window.sequence_ids[0] < 0);
}

// Softmax of one column over all the windows given.
std::vector<std::vector<float>> probabilities(std::span<const Encoding> windows,
                                              std::span<const Output> outputs, int64_t column) {
  float greatest = -std::numeric_limits<float>::infinity();
  for (size_t w = 0; w < windows.size(); ++w) {
    for (size_t t = 0; t < windows[w].size(); ++t) {
      if (!takes_part(windows[w], t)) continue;
      greatest = std::max(greatest, outputs[w].row(static_cast<int64_t>(t))[column]);
    }
  }
  std::vector<std::vector<float>> result;
  float sum = 0;
  for (size_t w = 0; w < windows.size(); ++w) {
    std::vector<float>& values = result.emplace_back(windows[w].size(), 0.0F);
    for (size_t t = 0; t < values.size(); ++t) {
      if (!takes_part(windows[w], t)) continue;
      values[t] = std::exp(outputs[w].row(static_cast<int64_t>(t))[column] - greatest);
      sum += values[t];
    }
  }
  for (std::vector<float>& values : result) {
    for (float& value : values) value /= sum;
  }
  return result;
}

void append_scores(std::span<const Encoding> windows, std::span<const Output> outputs,
                   std::vector<WindowScores>* scores) {
  auto start = probabilities(windows, outputs, kStartColumn);
  auto end = probabilities(windows, outputs, kEndColumn);
  for (size_t w = 0; w < windows.size(); ++w) {
    WindowScores window{std::move(start[w]), std::move(end[w])};
    if (windows[w].sequence_ids[0] < 0) {
      window.null_score = window.start[0] * window.end[0];
      window.start[0] = window.end[0] = 0;
    }
    scores->push_back(std::move(window));
  }
}

// An answer that lies in two windows counts once: it starts where its first token has most context.
void keep_starts_with_most_context(std::span<const Encoding> windows, int64_t stride,
                                   std::vector<WindowScores>* scores) {
  std::vector<std::vector<float>> kept;
  for (const WindowScores& window : *scores) kept.emplace_back(window.start.size(), 0.0F);
  for (const WindowToken& token : tokens_with_most_context(windows, stride, kContext)) {
    kept[token.window][token.position] = (*scores)[token.window].start[token.position];
  }
  for (size_t w = 0; w < kept.size(); ++w) (*scores)[w].start = std::move(kept[w]);
}

std::vector<WindowScores> score_windows(std::span<const Encoding> windows,
                                        std::span<const Output> outputs, int64_t stride,
                                        AnswerNormalization normalization) {
  std::vector<WindowScores> scores;
  if (normalization == AnswerNormalization::joint) {
    append_scores(windows, outputs, &scores);
    keep_starts_with_most_context(windows, stride, &scores);
  } else {
    for (size_t w = 0; w < windows.size(); ++w) {
      append_scores(windows.subspan(w, 1), outputs.subspan(w, 1), &scores);
    }
  }
  return scores;
}

std::vector<Candidate> best_spans(const WindowScores& scores, size_t window, size_t count,
                                  size_t max_answer_length) {
  std::vector<Candidate> spans;
  for (size_t start = 0; start < scores.start.size(); ++start) {
    if (scores.start[start] <= 0) continue;
    const size_t stop = std::min(scores.end.size(), start + max_answer_length);
    for (size_t end = start; end < stop; ++end) {
      const float score = scores.start[start] * scores.end[end];
      if (score > 0) spans.push_back({window, start, end, score});
    }
  }
  const size_t kept = std::min(count, spans.size());
  std::partial_sort(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(kept), spans.end(),
                    better);
  spans.resize(kept);
  return spans;
}

// Where the word of a context token lies, as far as the window shows it.
TextSpan word_span(const Encoding& window, size_t token) {
  const auto same_word = [&](size_t other) {
    return window.sequence_ids[other] == kContext &&
           window.word_ids[other] == window.word_ids[token];
  };
  size_t first = token;
  while (first > 0 && same_word(first - 1)) --first;
  size_t last = token;
  while (last + 1 < window.size() && same_word(last + 1)) ++last;
  return {window.offsets[first].begin, window.offsets[last].end};
}

TextSpan answer_span(const Encoding& window, const Candidate& candidate, bool align_to_words) {
  if (!align_to_words || window.word_ids[candidate.start] < 0) {
    return {window.offsets[candidate.start].begin, window.offsets[candidate.end].end};
  }
  return {word_span(window, candidate.start).begin, word_span(window, candidate.end).end};
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// Candidates of the same words are one answer; their probabilities add up.
void add_answer(const TextSpan& span, float score, std::string_view context,
                std::vector<Answer>* answers) {
  const std::string_view text = context.substr(span.begin, span.end - span.begin);
  for (Answer& answer : *answers) {
    if (equal_ignoring_case(answer.text, text)) {
      answer.score += score;
      return;
    }
  }
  answers->push_back({std::string(text), score, span});
}

}  // namespace

std::vector<Answer> select_answers(std::span<const Encoding> windows,
                                   std::span<const Output> outputs, std::string_view context,
                                   int64_t stride, const AnswerOptions& options) {
  const std::vector<WindowScores> scores =
      score_windows(windows, outputs, stride, options.normalization);
  // More than asked for, because alignment to words makes some of them equal.
  const auto top_k = static_cast<size_t>(options.top_k);
  const size_t per_window = options.align_to_words ? top_k * 2 + 10 : top_k;
  std::vector<Candidate> candidates;
  float null_score = 1;
  for (size_t w = 0; w < windows.size(); ++w) {
    const std::vector<Candidate> spans =
        best_spans(scores[w], w, per_window, static_cast<size_t>(options.max_answer_length));
    candidates.insert(candidates.end(), spans.begin(), spans.end());
    null_score = std::min(null_score, scores[w].null_score);
  }
  if (options.normalization == AnswerNormalization::joint) {
    std::sort(candidates.begin(), candidates.end(), better);
    candidates.resize(std::min(candidates.size(), per_window));
  }
  std::vector<Answer> answers;
  for (const Candidate& candidate : candidates) {
    const TextSpan span = answer_span(windows[candidate.window], candidate, options.align_to_words);
    if (span.begin < span.end) add_answer(span, candidate.score, context, &answers);
  }
  if (options.handle_impossible_answer) answers.push_back({"", null_score, {}});
  std::stable_sort(answers.begin(), answers.end(),
                   [](const Answer& a, const Answer& b) { return a.score > b.score; });
  answers.resize(std::min(answers.size(), top_k));
  return answers;
}

}  // namespace jnlp
