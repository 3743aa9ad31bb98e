#include "tasks/answer_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "tasks/text_windows.h"

namespace jnlp {
namespace {

constexpr int32_t kContext = 1;      // sequence id of the context
constexpr int64_t kStartColumn = 0;  // of the output
constexpr int64_t kEndColumn = 1;

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

float& value_of(Output& output, size_t token, int64_t column) {
  return output.values[token * static_cast<size_t>(output.columns) + static_cast<size_t>(column)];
}

// Makes the logits of one column probabilities, over all the windows given. What takes no part gets
// 0. In place, because a long text has many.
void apply_softmax(std::span<const Encoding> windows, std::span<Output> outputs, int64_t column) {
  float greatest = -std::numeric_limits<float>::infinity();
  for (size_t w = 0; w < windows.size(); ++w) {
    for (size_t t = 0; t < windows[w].size(); ++t) {
      if (!takes_part(windows[w], t)) continue;
      greatest = std::max(greatest, value_of(outputs[w], t, column));
    }
  }
  float sum = 0;
  for (size_t w = 0; w < windows.size(); ++w) {
    for (size_t t = 0; t < windows[w].size(); ++t) {
      float& value = value_of(outputs[w], t, column);
      value = takes_part(windows[w], t) ? std::exp(value - greatest) : 0.0F;
      sum += value;
    }
  }
  for (Output& output : outputs) {
    for (int64_t t = 0; t < output.rows; ++t) value_of(output, t, column) /= sum;
  }
}

void apply_softmax(std::span<const Encoding> windows, std::span<Output> outputs) {
  apply_softmax(windows, outputs, kStartColumn);
  apply_softmax(windows, outputs, kEndColumn);
}

// Takes the probability of "no answer here" out of the first token.
float take_null_score(const Encoding& window, Output* scores) {
  if (window.sequence_ids[0] >= 0) return 0;
  float& start = value_of(*scores, 0, kStartColumn);
  float& end = value_of(*scores, 0, kEndColumn);
  return std::exchange(start, 0.0F) * std::exchange(end, 0.0F);
}

// An answer that lies in two windows counts once: it starts where its first token has most context.
void keep_starts_with_most_context(std::span<const Encoding> windows, int64_t stride,
                                   std::span<Output> outputs) {
  const std::vector<WindowShare> shares = divide_by_context(windows, stride, kContext);
  for (size_t w = 0; w < windows.size(); ++w) {
    for (size_t t = 0; t < windows[w].size(); ++t) {
      if (t < shares[w].begin || t >= shares[w].end) value_of(outputs[w], t, kStartColumn) = 0;
    }
  }
}

// Turns the logits into probabilities, 0 for what cannot be in an answer: question and special
// tokens. Returns the least probability of "no answer here" among the windows.
float score_windows(std::span<const Encoding> windows, std::span<Output> outputs, int64_t stride,
                    AnswerNormalization normalization) {
  const bool joint = normalization == AnswerNormalization::joint;
  if (joint) apply_softmax(windows, outputs);
  float null_score = 1;
  for (size_t w = 0; w < windows.size(); ++w) {
    if (!joint) apply_softmax(windows.subspan(w, 1), outputs.subspan(w, 1));
    null_score = std::min(null_score, take_null_score(windows[w], &outputs[w]));
  }
  if (joint) keep_starts_with_most_context(windows, stride, outputs);
  return null_score;
}

std::vector<Candidate> best_spans(const Output& scores, size_t window, size_t count,
                                  size_t max_answer_length) {
  std::vector<Candidate> spans;
  const auto tokens = static_cast<size_t>(scores.rows);
  for (size_t start = 0; start < tokens; ++start) {
    const float start_score = scores.row(static_cast<int64_t>(start))[kStartColumn];
    if (start_score <= 0) continue;
    const size_t stop = std::min(tokens, start + max_answer_length);
    for (size_t end = start; end < stop; ++end) {
      const float score = start_score * scores.row(static_cast<int64_t>(end))[kEndColumn];
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

std::vector<Answer> select_answers(std::span<const Encoding> windows, std::span<Output> outputs,
                                   std::string_view context, int64_t stride,
                                   const AnswerOptions& options) {
  const float null_score = score_windows(windows, outputs, stride, options.normalization);
  // More than asked for, because alignment to words makes some of them equal.
  const auto top_k = static_cast<size_t>(options.top_k);
  const size_t per_window = options.align_to_words ? top_k * 2 + 10 : top_k;
  std::vector<Candidate> candidates;
  for (size_t w = 0; w < windows.size(); ++w) {
    const std::vector<Candidate> spans =
        best_spans(outputs[w], w, per_window, static_cast<size_t>(options.max_answer_length));
    candidates.insert(candidates.end(), spans.begin(), spans.end());
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
