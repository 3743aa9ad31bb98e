#include "tasks/entity_grouping.h"

#include <algorithm>

#include "base/utf8.h"

namespace jnlp {
namespace {

// A token or a word with the label that was chosen for it.
struct Labelled {
  size_t label = 0;
  float score = 0;
  TextSpan span;
  int64_t index = -1;
};

size_t best_label(std::span<const float> scores) {
  return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

Labelled label_token(const TokenPrediction& token) {
  const size_t label = best_label(token.scores);
  return {label, token.scores[label], token.span, token.index};
}

std::vector<float> mean_scores(std::span<const TokenPrediction> word) {
  std::vector<float> mean(word.front().scores.size(), 0.0F);
  for (const TokenPrediction& token : word) {
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += token.scores[i];
  }
  for (float& value : mean) value /= static_cast<float>(word.size());
  return mean;
}

Labelled label_word(std::span<const TokenPrediction> word, Aggregation aggregation) {
  Labelled result = label_token(word.front());
  if (aggregation == Aggregation::max) {
    for (const TokenPrediction& token : word.subspan(1)) {
      const Labelled other = label_token(token);
      if (other.score > result.score) result = other;
    }
  } else if (aggregation == Aggregation::average) {
    const std::vector<float> mean = mean_scores(word);
    result.label = best_label(mean);
    result.score = mean[result.label];
  }
  result.span = {word.front().span.begin, word.back().span.end};
  return result;
}

std::vector<Labelled> label_words(std::span<const TokenPrediction> tokens,
                                  Aggregation aggregation) {
  std::vector<Labelled> words;
  for (size_t begin = 0; begin < tokens.size();) {
    size_t end = begin + 1;
    while (end < tokens.size() && tokens[end].is_subword) ++end;
    words.push_back(label_word(tokens.subspan(begin, end - begin), aggregation));
    begin = end;
  }
  return words;
}

std::vector<Labelled> label_tokens(std::span<const TokenPrediction> tokens) {
  std::vector<Labelled> labelled;
  labelled.reserve(tokens.size());
  for (const TokenPrediction& token : tokens) labelled.push_back(label_token(token));
  return labelled;
}

struct Tag {
  bool begins = false;    // B-: never continues an entity
  std::string_view type;  // a label without B- or I- is a type that continues
};

Tag parse_tag(std::string_view label) {
  if (label.starts_with("B-")) return {true, label.substr(2)};
  if (label.starts_with("I-")) return {false, label.substr(2)};
  return {false, label};
}

// The name of a group is what stands behind the first hyphen, whatever stands before it.
std::string group_name(std::string_view label) {
  const size_t hyphen = label.find('-');
  return std::string(hyphen == std::string_view::npos ? label : label.substr(hyphen + 1));
}

Entity make_group(std::span<const Labelled> members, const std::vector<std::string>& labels) {
  float sum = 0;
  for (const Labelled& member : members) sum += member.score;
  Entity entity;
  entity.label = group_name(labels[members.front().label]);
  entity.score = sum / static_cast<float>(members.size());
  entity.span = {members.front().span.begin, members.back().span.end};
  return entity;
}

std::vector<Entity> group(std::span<const Labelled> items, const std::vector<std::string>& labels) {
  std::vector<Entity> groups;
  for (size_t begin = 0; begin < items.size();) {
    size_t end = begin + 1;
    for (; end < items.size(); ++end) {
      const Tag tag = parse_tag(labels[items[end].label]);
      if (tag.begins || tag.type != parse_tag(labels[items[end - 1].label]).type) break;
    }
    groups.push_back(make_group(items.subspan(begin, end - begin), labels));
    begin = end;
  }
  return groups;
}

std::vector<Entity> single_tokens(std::span<const Labelled> tokens,
                                  const std::vector<std::string>& labels) {
  std::vector<Entity> entities;
  for (const Labelled& token : tokens) {
    Entity entity;
    entity.label = labels[token.label];
    entity.score = token.score;
    entity.span = token.span;
    entity.index = token.index;
    entities.push_back(std::move(entity));
  }
  return entities;
}

}  // namespace

std::vector<Entity> group_tokens(std::span<const TokenPrediction> tokens,
                                 const std::vector<std::string>& labels, Aggregation aggregation,
                                 std::span<const std::string> ignore_labels) {
  std::vector<Entity> entities;
  if (aggregation == Aggregation::none) {
    entities = single_tokens(label_tokens(tokens), labels);
  } else if (aggregation == Aggregation::simple) {
    entities = group(label_tokens(tokens), labels);
  } else {
    entities = group(label_words(tokens, aggregation), labels);
  }
  std::erase_if(entities, [&](const Entity& entity) {
    return std::find(ignore_labels.begin(), ignore_labels.end(), entity.label) !=
           ignore_labels.end();
  });
  return entities;
}

void merge_overlapping(std::string_view text, std::vector<Entity>* entities) {
  std::stable_sort(entities->begin(), entities->end(),
                   [](const Entity& a, const Entity& b) { return a.span.begin < b.span.begin; });
  const auto length = [&](const Entity& entity) {
    return count_code_points(text.substr(entity.span.begin, entity.span.end - entity.span.begin));
  };
  size_t kept = 0;  // so many stand merged at the front
  for (Entity& entity : *entities) {
    if (kept > 0 && entity.span.begin < (*entities)[kept - 1].span.end) {
      Entity& previous = (*entities)[kept - 1];
      const size_t own = length(entity);
      const size_t other = length(previous);
      const bool better = own > other || (own == other && entity.score > previous.score);
      if (better) std::swap(previous, entity);
      continue;
    }
    std::swap((*entities)[kept++], entity);
  }
  entities->resize(kept);
}

}  // namespace jnlp
