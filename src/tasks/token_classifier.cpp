#include "tasks/token_classifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "tasks/entity_grouping.h"
#include "tasks/score_function.h"
#include "tasks/text_windows.h"

namespace jnlp {
namespace {

// One text in windows, with the probability of each label for each token.
struct TaggedText {
  std::vector<Encoding> windows;
  std::vector<Output> scores;

  int64_t tokens() const {
    int64_t sum = 0;
    for (const Encoding& window : windows) sum += static_cast<int64_t>(window.size());
    return sum;
  }
};

struct WindowSize {
  int32_t max_length = 0;
  int32_t stride = 0;
};

WindowSize window_size(const LoadedModel& model, const TagOptions& options) {
  const int32_t max_length = checked_max_length(model, options.max_length);
  return {max_length, checked_stride(options.stride, std::min(max_length / 4, 128), max_length)};
}

std::vector<TaggedText> tag_texts(const LoadedModel& model, std::span<const std::string> texts,
                                  const WindowSize& size, const BatchLimits& limits) {
  const EncodeOptions encode{.max_length = size.max_length, .stride = size.stride};
  std::vector<TaggedText> tagged(texts.size());
  std::vector<Encoding> encodings;
  for (size_t i = 0; i < texts.size(); ++i) {
    tagged[i].windows = model.tokenizer->encode_windows(texts[i], std::nullopt, encode);
    encodings.insert(encodings.end(), tagged[i].windows.begin(), tagged[i].windows.end());
  }
  std::vector<Output> outputs = run_encodings(*model.backend, encodings, limits);
  auto next = outputs.begin();
  for (TaggedText& text : tagged) {
    for (size_t w = 0; w < text.windows.size(); ++w, ++next) {
      for (int64_t row = 0; row < next->rows; ++row) {
        apply_score_function(
            ScoreFunction::softmax,
            std::span<float>(next->values).subspan(row * next->columns, next->columns));
      }
      text.scores.push_back(std::move(*next));
    }
  }
  return tagged;
}

// transformers' two ways to tell whether a token continues a word: by the length of the token's
// name ("##ing" is longer than "ing") when the model marks such tokens, else by the space that a
// word begins with.
class SubwordRule {
 public:
  SubwordRule(const Tokenizer& tokenizer, std::string_view text)
      : tokenizer_(tokenizer),
        text_(text),
        marked_(!tokenizer.continuing_subword_prefix().empty()),
        unknown_(tokenizer.unk_id()) {}

  bool continues_word(int32_t id, TextSpan span) const {
    if (unknown_ == id) return false;
    if (marked_) {
      return count_code_points(tokenizer_.id_to_token(id)) !=
             count_code_points(text_.substr(span.begin, span.end - span.begin));
    }
    const bool after_space = span.begin > 0 && text_[span.begin - 1] == ' ';
    const bool at_space = span.begin < text_.size() && text_[span.begin] == ' ';
    return span.begin > 0 && !after_space && !at_space;
  }

 private:
  const Tokenizer& tokenizer_;
  std::string_view text_;
  bool marked_;
  std::optional<int32_t> unknown_;
};

TokenPrediction prediction(const TaggedText& tagged, size_t window, size_t position,
                           const SubwordRule& rule) {
  const Encoding& encoding = tagged.windows[window];
  return {.scores = tagged.scores[window].row(static_cast<int64_t>(position)),
          .span = encoding.offsets[position],
          .index = static_cast<int64_t>(position),
          .is_subword = rule.continues_word(encoding.ids[position], encoding.offsets[position])};
}

// Every window has its own entities; those of neighbours are then merged.
std::vector<Entity> window_entities(const TaggedText& tagged, const SubwordRule& rule,
                                    std::string_view text, const std::vector<std::string>& labels,
                                    const TagOptions& options) {
  std::vector<Entity> entities;
  for (size_t w = 0; w < tagged.windows.size(); ++w) {
    const Encoding& window = tagged.windows[w];
    std::vector<TokenPrediction> tokens;
    for (size_t t = 0; t < window.size(); ++t) {
      if (window.special_tokens_mask[t] == 0) tokens.push_back(prediction(tagged, w, t, rule));
    }
    std::vector<Entity> found =
        group_tokens(tokens, labels, options.aggregation, options.ignore_labels);
    std::move(found.begin(), found.end(), std::back_inserter(entities));
  }
  if (tagged.windows.size() > 1) return merge_overlapping(std::move(entities), text);
  return entities;
}

// Without aggregation every token is reported once, from the window that knows it best.
std::vector<Entity> token_entities(const TaggedText& tagged, const SubwordRule& rule,
                                   int64_t stride, const std::vector<std::string>& labels,
                                   const TagOptions& options) {
  const std::vector<WindowToken> tokens = tokens_with_most_context(tagged.windows, stride, 0);
  std::vector<TokenPrediction> predictions;
  predictions.reserve(tokens.size());
  const int64_t first = tokens.empty() ? 0 : static_cast<int64_t>(tokens.front().position);
  for (const WindowToken& token : tokens) {
    predictions.push_back(prediction(tagged, token.window, token.position, rule));
    predictions.back().index = first + token.place;
  }
  return group_tokens(predictions, labels, Aggregation::none, options.ignore_labels);
}

// Words of a sentence joined by spaces, with the place of each in the text.
struct JoinedWords {
  std::string text;
  std::vector<TextSpan> spans;
};

JoinedWords join_words(const std::vector<std::string>& words) {
  JoinedWords joined;
  for (const std::string& word : words) {
    if (!joined.spans.empty()) joined.text += ' ';
    const auto begin = static_cast<uint32_t>(joined.text.size());
    joined.text += word;
    joined.spans.push_back({begin, static_cast<uint32_t>(joined.text.size())});
  }
  return joined;
}

WordTags tag_sentence(const TaggedText& tagged, const JoinedWords& joined, int64_t stride,
                      const std::vector<std::string>& labels) {
  const std::vector<WindowToken> tokens = tokens_with_most_context(tagged.windows, stride, 0);
  WordTags tags;
  tags.tokens = tagged.tokens();
  tags.windows = static_cast<int64_t>(tagged.windows.size());
  auto token = tokens.begin();
  const auto span_of = [&](const WindowToken& t) {
    return tagged.windows[t.window].offsets[t.position];
  };
  for (const TextSpan& word : joined.spans) {
    while (token != tokens.end() && span_of(*token).end <= word.begin) ++token;
    if (token == tokens.end() || span_of(*token).begin >= word.end) {
      tags.labels.emplace_back("O");
      tags.scores.push_back(1.0F);
      continue;
    }
    const auto scores = tagged.scores[token->window].row(static_cast<int64_t>(token->position));
    const auto best = std::max_element(scores.begin(), scores.end());
    tags.labels.push_back(labels[static_cast<size_t>(best - scores.begin())]);
    tags.scores.push_back(*best);
  }
  return tags;
}

}  // namespace

Aggregation aggregation_from_name(std::string_view name) {
  if (name == "none") return Aggregation::none;
  if (name == "simple") return Aggregation::simple;
  if (name == "first") return Aggregation::first;
  if (name == "average") return Aggregation::average;
  if (name == "max") return Aggregation::max;
  throw Error(
      ErrorCode::invalid_input,
      fmt::format("unknown aggregation '{}'; use none, simple, first, average or max", name));
}

TokenClassifier::TokenClassifier(LoadedModel model) : model_(std::move(model)) {
  require_head(model_, Head::token_classification);
  labels_ = checked_labels(model_);
}

std::vector<Entities> TokenClassifier::run(std::span<const std::string> texts,
                                           const TagOptions& options) {
  const WindowSize size = window_size(model_, options);
  const std::vector<TaggedText> tagged = tag_texts(model_, texts, size, options.batch);
  std::vector<Entities> results(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const SubwordRule rule(*model_.tokenizer, texts[i]);
    Entities& result = results[i];
    result.tokens = tagged[i].tokens();
    result.windows = static_cast<int64_t>(tagged[i].windows.size());
    result.entities = options.aggregation == Aggregation::none
                          ? token_entities(tagged[i], rule, size.stride, labels_, options)
                          : window_entities(tagged[i], rule, texts[i], labels_, options);
    for (Entity& entity : result.entities) {
      entity.text = texts[i].substr(entity.span.begin, entity.span.end - entity.span.begin);
    }
  }
  return results;
}

std::vector<WordTags> TokenClassifier::tag_words(
    std::span<const std::vector<std::string>> sentences, const TagOptions& options) {
  const WindowSize size = window_size(model_, options);
  std::vector<JoinedWords> joined;
  std::vector<std::string> texts;
  for (const std::vector<std::string>& words : sentences) {
    joined.push_back(join_words(words));
    texts.push_back(joined.back().text);
  }
  const std::vector<TaggedText> tagged = tag_texts(model_, texts, size, options.batch);
  std::vector<WordTags> results;
  for (size_t i = 0; i < tagged.size(); ++i) {
    results.push_back(tag_sentence(tagged[i], joined[i], size.stride, labels_));
  }
  return results;
}

}  // namespace jnlp
