#include "train/text_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

using LabelIndex = std::map<std::string, int32_t>;

LabelIndex index_of(const std::vector<std::string>& labels) {
  LabelIndex index;
  for (const std::string& label : labels) index.emplace(label, static_cast<int32_t>(index.size()));
  return index;
}

template <class T>
void append(std::vector<T>&& from, std::vector<T>* to) {
  std::move(from.begin(), from.end(), std::back_inserter(*to));
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool label_less(const std::string& a, const std::string& b) {
  if (is_number(a) && is_number(b)) return std::stol(a) < std::stol(b);
  return a < b;
}

std::set<std::string> all_labels(const LabelledData& data) {
  std::set<std::string> labels;
  for (const auto& example : data.texts) labels.insert(example.label);
  for (const auto& example : data.sentences) {
    labels.insert(example.tags.begin(), example.tags.end());
  }
  return labels;
}

TrainExample to_example(const Encoding& encoding) {
  return {encoding.ids, encoding.type_ids, {}};
}

std::string joined(const std::vector<std::string>& words, std::vector<uint32_t>* starts) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    starts->push_back(static_cast<uint32_t>(text.size()));
    text += word;
  }
  return text;
}

// The tag of a token behind the first one of its word.
std::string inner_tag(const std::string& tag) {
  return tag == "O" ? tag : "I" + tag.substr(1);
}

void add_sentence(const NerExample& sentence, const Tokenizer& tokenizer,
                  const TrainOptions& options, const LabelIndex& labels,
                  std::vector<TrainExample>* examples, TokenizationCounts* counts) {
  std::vector<uint32_t> starts;
  const std::string text = joined(sentence.words, &starts);
  EncodeOptions encode;
  encode.max_length = static_cast<int32_t>(options.max_length);
  encode.stride = static_cast<int32_t>(options.stride);
  const std::vector<Encoding> windows = tokenizer.encode_windows(text, std::nullopt, encode);
  for (const Encoding& window : windows) {
    TrainExample example = to_example(window);
    size_t last_word = std::numeric_limits<size_t>::max();
    for (size_t i = 0; i < window.size(); ++i) {
      if (window.sequence_ids[i] < 0 || window.offsets[i].begin == window.offsets[i].end) {
        example.labels.push_back(kIgnoredLabel);
        continue;
      }
      const auto next = std::upper_bound(starts.begin(), starts.end(), window.offsets[i].begin);
      const size_t word = static_cast<size_t>(next - starts.begin()) - 1;
      const bool first = window.offsets[i].begin == starts[word] && word != last_word;
      const std::string& tag = sentence.tags[word];
      example.labels.push_back(labels.at(first ? tag : inner_tag(tag)));
      last_word = word;
    }
    examples->push_back(std::move(example));
  }
  counts->windows += static_cast<int64_t>(windows.size()) - 1;
}

struct TokenRange {
  size_t first = 0, last = 0;
};

// The tokens of the second text that hold the bytes of `span`, if all of them are in this window.
std::optional<TokenRange> find_answer(const Encoding& window, TextSpan span) {
  const size_t none = window.size();
  size_t first = none, last = none;
  for (size_t i = 0; i < window.size(); ++i) {
    if (window.sequence_ids[i] != 1) continue;
    if (first == none && window.offsets[i].end > span.begin) first = i;
    if (window.offsets[i].begin < span.end) last = i;
  }
  if (first == none || last == none || first > last) return std::nullopt;
  if (window.offsets[first].begin > span.begin || window.offsets[last].end < span.end) {
    return std::nullopt;
  }
  return TokenRange{first, last};
}

// The place of the answer that is learned, if there is one.
std::optional<TextSpan> answer_span(const QaExample& question) {
  for (const QaAnswer& answer : question.answers) {
    if (answer.start < 0) continue;
    const CodePointIndex index(question.context);
    const auto begin = static_cast<uint32_t>(index.byte_offset(static_cast<size_t>(answer.start)));
    return TextSpan{begin, begin + static_cast<uint32_t>(answer.text.size())};
  }
  return std::nullopt;
}

class QuestionEncoder {
 public:
  QuestionEncoder(const Tokenizer& tokenizer, const TrainOptions& options)
      : tokenizer_(tokenizer), options_(options), random_(options.seed) {}

  // The sequences to learn from; none when the answer cannot be shown.
  std::vector<TrainExample> run(const QaExample& question) {
    const std::optional<TextSpan> span = answer_span(question);
    if (!span && !question.is_impossible) return {};
    const bool crop = options_.qa_windows == QaWindows::crop && span;
    std::vector<TrainExample> with_answer, all;
    for (const Encoding& window : windows(question, crop)) {
      const auto range = span ? find_answer(window, *span) : std::nullopt;
      all.push_back(to_example(window));
      all.back().labels = {0, 0};
      if (!range) continue;
      all.back().labels = {static_cast<int32_t>(range->first), static_cast<int32_t>(range->last)};
      with_answer.push_back(all.back());
    }
    if (!crop) return all;
    if (with_answer.empty()) return {};
    return {with_answer[random_() % with_answer.size()]};
  }

 private:
  std::vector<Encoding> windows(const QaExample& question, bool crop) {
    EncodeOptions encode;
    encode.strategy = TruncationStrategy::only_second;
    encode.max_length = static_cast<int32_t>(options_.max_length);
    encode.stride = static_cast<int32_t>(options_.stride);
    if (crop) {
      const auto shortest = static_cast<uint64_t>(options_.max_length * 2 / 5);
      const uint64_t choices = static_cast<uint64_t>(options_.max_length) - shortest + 1;
      encode.max_length = static_cast<int32_t>(shortest + random_() % choices);
      encode.stride = encode.max_length / 4;
    }
    try {
      return tokenizer_.encode_windows(question.question, question.context, encode);
    } catch (const Error& error) {
      // A question that fills the window leaves no room for the context.
      if (error.code() != ErrorCode::invalid_input) throw;
      return {};
    }
  }

  const Tokenizer& tokenizer_;
  const TrainOptions& options_;
  std::mt19937_64 random_;
};

void add_questions(const std::vector<QaExample>& questions, const Tokenizer& tokenizer,
                   const TrainOptions& options, std::vector<TrainExample>* examples,
                   TokenizationCounts* counts) {
  QuestionEncoder encoder(tokenizer, options);
  for (const QaExample& question : questions) {
    std::vector<TrainExample> sequences = encoder.run(question);
    counts->skipped += sequences.empty();
    counts->windows += std::max<int64_t>(static_cast<int64_t>(sequences.size()) - 1, 0);
    append(std::move(sequences), examples);
  }
}

}  // namespace

LabelledData read_labelled_data(std::span<const std::filesystem::path> files, TrainTask task,
                                const std::vector<std::string>& label_names) {
  LabelledData data;
  ReadOptions options;
  options.label_names = label_names;
  for (const auto& file : files) {
    switch (task) {
      case TrainTask::classification:
        append(read_classification(file, options).examples, &data.texts);
        break;
      case TrainTask::ner:
        append(read_ner(file, options).examples, &data.sentences);
        break;
      case TrainTask::qa:
        append(read_qa(file, options).examples, &data.questions);
        break;
    }
  }
  return data;
}

std::vector<std::string> collect_labels(const LabelledData& data, TrainTask task) {
  if (task == TrainTask::qa) return {};
  const std::set<std::string> found = all_labels(data);
  std::vector<std::string> labels;
  if (task == TrainTask::ner) {
    std::set<std::string> types;
    for (const std::string& tag : found) {
      if (tag != "O") types.insert(tag.substr(2));
    }
    labels.push_back("O");
    for (const std::string& type : types) {
      labels.push_back("B-" + type);
      labels.push_back("I-" + type);
    }
  } else {
    labels.assign(found.begin(), found.end());
    std::sort(labels.begin(), labels.end(), label_less);
  }
  if (labels.size() < 2) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the training data has only the label '{}'; at least two are needed",
                            fmt::join(labels, "', '")));
  }
  return labels;
}

void check_labels(const LabelledData& dev, TrainTask task, const std::vector<std::string>& labels) {
  if (task == TrainTask::qa) return;
  const LabelIndex known = index_of(labels);
  for (const std::string& label : all_labels(dev)) {
    if (known.count(label) != 0) continue;
    throw Error(ErrorCode::invalid_input,
                fmt::format("the development data has the label '{}', which the training data "
                            "never shows; it has {}",
                            label, fmt::join(labels, ", ")));
  }
}

std::vector<TrainExample> tokenize_examples(const LabelledData& data, const Tokenizer& tokenizer,
                                            const TrainOptions& options,
                                            const std::vector<std::string>& labels,
                                            TokenizationCounts* counts) {
  const LabelIndex index = index_of(labels);
  std::vector<TrainExample> examples;
  EncodeOptions encode;
  encode.max_length = static_cast<int32_t>(options.max_length);
  for (const ClassificationExample& text : data.texts) {
    bool truncated = false;
    examples.push_back(to_example(tokenizer.encode(text.text, encode, &truncated)));
    examples.back().labels = {index.at(text.label)};
    counts->truncated += truncated;
  }
  for (const NerExample& sentence : data.sentences) {
    add_sentence(sentence, tokenizer, options, index, &examples, counts);
  }
  add_questions(data.questions, tokenizer, options, &examples, counts);
  for (const TrainExample& example : examples) counts->tokens += example.size();
  if (examples.empty()) {
    throw Error(ErrorCode::invalid_input,
                "no training example is left: no question has an answer that stands in its context "
                "within max_length");
  }
  return examples;
}

}  // namespace jnlp
