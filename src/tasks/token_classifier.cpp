#include "tasks/token_classifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "tasks/entity_grouping.h"
#include "tasks/tagged_windows.h"

namespace jnlp {
namespace {

WindowOptions window_options(const LoadedModel& model, const TagOptions& options) {
  const int32_t max_length = checked_max_length(model, options.max_length);
  return {.max_length = max_length,
          .stride = checked_stride(options.stride, std::min(max_length / 4, 128), max_length),
          .batch = options.batch,
          .progress = options.progress};
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

TokenPrediction prediction(const TaggedWindow& window, size_t position, const SubwordRule& rule) {
  const Encoding& encoding = window.encoding;
  return {.scores = window.scores.row(static_cast<int64_t>(position)),
          .span = encoding.offsets[position],
          .index = static_cast<int64_t>(position),
          .is_subword = rule.continues_word(encoding.ids[position], encoding.offsets[position])};
}

// All tokens of the text that the window shows.
std::vector<TokenPrediction> all_predictions(const TaggedWindow& window, const SubwordRule& rule) {
  std::vector<TokenPrediction> tokens;
  for (size_t t = 0; t < window.encoding.size(); ++t) {
    if (window.encoding.special_tokens_mask[t] == 0) tokens.push_back(prediction(window, t, rule));
  }
  return tokens;
}

// The tokens that the window knows best, numbered as if the text were not in windows.
std::vector<TokenPrediction> own_predictions(const TaggedWindow& window, const SubwordRule& rule) {
  const std::vector<int32_t>& ids = window.encoding.sequence_ids;
  const int64_t prefix = std::find(ids.begin(), ids.end(), 0) - ids.begin();
  std::vector<TokenPrediction> tokens;
  for (size_t t = window.share.begin; t < window.share.end; ++t) {
    tokens.push_back(prediction(window, t, rule));
    tokens.back().index = prefix + window.share.place + static_cast<int64_t>(tokens.size()) - 1;
  }
  return tokens;
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

// Labels the words of a sentence, token after token.
class WordLabeller {
 public:
  WordLabeller(JoinedWords words, const std::vector<std::string>& labels)
      : words_(std::move(words)), labels_(labels) {}

  const std::string& text() const { return words_.text; }

  void read(const TaggedWindow& window) {
    tags_.tokens += static_cast<int64_t>(window.encoding.size());
    tags_.windows = window.windows;
    for (size_t t = window.share.begin; t < window.share.end; ++t) {
      read_token(window.encoding.offsets[t], window.scores.row(static_cast<int64_t>(t)));
    }
  }

  WordTags finish() {
    while (!done()) add_outside();
    return std::move(tags_);
  }

 private:
  bool done() const { return tags_.labels.size() == words_.spans.size(); }

  // Labels every word whose first token this is; words before it have none.
  void read_token(const TextSpan& token, std::span<const float> scores) {
    while (!done() && token.end > words_.spans[tags_.labels.size()].begin) {
      if (token.begin >= words_.spans[tags_.labels.size()].end) {
        add_outside();
        continue;
      }
      const auto best = std::max_element(scores.begin(), scores.end());
      tags_.labels.push_back(labels_[static_cast<size_t>(best - scores.begin())]);
      tags_.scores.push_back(*best);
    }
  }

  void add_outside() {
    tags_.labels.emplace_back("O");
    tags_.scores.push_back(1.0F);
  }

  JoinedWords words_;
  const std::vector<std::string>& labels_;
  WordTags tags_;
};

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
  const bool grouped = options.aggregation != Aggregation::none;
  std::vector<Entities> results(texts.size());
  // Every window has its own entities; those of neighbours are then merged. Without aggregation
  // every token is reported once, from the window that knows it best.
  const auto read = [&](const TaggedWindow& window) {
    const SubwordRule rule(*model_.tokenizer, texts[window.text]);
    Entities& result = results[window.text];
    result.tokens += static_cast<int64_t>(window.encoding.size());
    result.windows = window.windows;
    std::vector<Entity> found =
        group_tokens(grouped ? all_predictions(window, rule) : own_predictions(window, rule),
                     labels_, options.aggregation, options.ignore_labels);
    std::move(found.begin(), found.end(), std::back_inserter(result.entities));
  };
  tag_windows(model_, texts, window_options(model_, options), read);
  for (size_t i = 0; i < texts.size(); ++i) {
    Entities& result = results[i];
    if (grouped && result.windows > 1) merge_overlapping(texts[i], &result.entities);
    for (Entity& entity : result.entities) {
      entity.text = texts[i].substr(entity.span.begin, entity.span.end - entity.span.begin);
    }
  }
  return results;
}

std::vector<WordTags> TokenClassifier::tag_words(
    std::span<const std::vector<std::string>> sentences, const TagOptions& options) {
  std::vector<WordLabeller> labellers;
  std::vector<std::string> texts;
  for (const std::vector<std::string>& words : sentences) {
    labellers.emplace_back(join_words(words), labels_);
    texts.push_back(labellers.back().text());
  }
  tag_windows(model_, texts, window_options(model_, options),
              [&](const TaggedWindow& window) { labellers[window.text].read(window); });
  std::vector<WordTags> results;
  results.reserve(labellers.size());
  for (WordLabeller& labeller : labellers) results.push_back(labeller.finish());
  return results;
}

}  // namespace jnlp
