#include "server/result_json.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "base/utf8.h"

namespace jnlp {
namespace {

OrderedJson span_json(const CodePointIndex& index, TextSpan span) {
  return {{"start", index.code_point_offset(span.begin)},
          {"end", index.code_point_offset(span.end)}};
}

OrderedJson answer_json(const Answer& answer, const CodePointIndex& index) {
  OrderedJson json = {{"answer", answer.text}, {"score", shortest(answer.score)}};
  json.update(span_json(index, answer.span));
  return json;
}

}  // namespace

OrderedJson to_json(const Classification& result, int top_k) {
  OrderedJson json = {{"label", result.labels.front().label},
                      {"score", shortest(result.labels.front().score)}};
  if (top_k != 1) {
    OrderedJson labels = OrderedJson::array();
    for (const LabelScore& label : result.labels) {
      labels.push_back({{"label", label.label}, {"score", shortest(label.score)}});
    }
    json["labels"] = std::move(labels);
  }
  json["tokens"] = result.tokens;
  json["truncated"] = result.truncated;
  return json;
}

OrderedJson to_json(const Entities& result, std::string_view text) {
  const CodePointIndex index(text);
  OrderedJson entities = OrderedJson::array();
  for (const Entity& entity : result.entities) {
    OrderedJson json = {
        {"label", entity.label}, {"score", shortest(entity.score)}, {"text", entity.text}};
    json.update(span_json(index, entity.span));
    entities.push_back(std::move(json));
  }
  return {
      {"entities", std::move(entities)}, {"tokens", result.tokens}, {"windows", result.windows}};
}

OrderedJson to_json(const Answers& result, std::string_view context, int top_k) {
  const CodePointIndex index(context);
  OrderedJson json = answer_json(result.answers.empty() ? Answer() : result.answers.front(), index);
  if (top_k != 1) {
    OrderedJson answers = OrderedJson::array();
    for (const Answer& answer : result.answers) answers.push_back(answer_json(answer, index));
    json["answers"] = std::move(answers);
  }
  json["tokens"] = result.tokens;
  json["windows"] = result.windows;
  return json;
}

OrderedJson to_json(const Summary& result, std::string_view document) {
  const CodePointIndex index(document);
  OrderedJson sentences = OrderedJson::array();
  for (const TextSpan span : result.sentences) {
    OrderedJson json = {{"text", std::string(document.substr(span.begin, span.end - span.begin))}};
    json.update(span_json(index, span));
    sentences.push_back(std::move(json));
  }
  return {{"summary", result.text},
          {"sentences", std::move(sentences)},
          {"document_sentences", result.document_sentences},
          {"tokens", result.tokens},
          {"generated_tokens", result.generated_tokens},
          {"truncated", result.truncated}};
}

}  // namespace jnlp
