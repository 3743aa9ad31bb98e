#include "server/pipeline_routes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/utf8.h"
#include "server/request_fields.h"

namespace jnlp {
namespace {

constexpr int64_t kMaxLength = 1'000'000;

// "parameters" as fields of their own.
RequestFields parameters_of(const RequestFields& fields) {
  return fields.has("parameters") ? fields.object("parameters") : RequestFields(Json::object());
}

bool is_one(const RequestFields& fields) {
  return fields.has("inputs") && fields.json()["inputs"].is_string();
}

std::string classifications_json(const std::vector<Classification>& results) {
  OrderedJson all = OrderedJson::array();
  for (const Classification& result : results) {
    OrderedJson labels = OrderedJson::array();
    for (const LabelScore& label : result.labels) {
      labels.push_back({{"label", label.label}, {"score", shortest(label.score)}});
    }
    all.push_back(std::move(labels));
  }
  return dump_json(all);
}

http::Begun classify(const ServerModels& models, const http::Request& request) {
  const auto service = models.sentiment.get();
  const RequestFields fields(request);
  const RequestFields parameters = parameters_of(fields);
  const auto texts = shared(fields.texts("inputs"));
  ClassifyOptions options;
  options.top_k = static_cast<int>(parameters.integer("top_k", 0, 1, RequestFields::kMaxTopK));
  std::string function;
  if (parameters.has("function_to_apply")) {
    function = parameters.text("function_to_apply");
    options.function = score_function_from_name(function);
  }
  return service->answer(
      request, fmt::format("pipeline top_k={} function={}", options.top_k, function), *texts,
      [texts, options](const TextClassifier& classifier) {
        return then(classifier.prepare(*texts, options), classifications_json);
      },
      json_response);
}

OrderedJson entities_json(const Entities& result, const std::string& text, bool is_grouped) {
  const CodePointIndex index(text);
  OrderedJson entities = OrderedJson::array();
  for (const Entity& entity : result.entities) {
    OrderedJson json = {{is_grouped ? "entity_group" : "entity", entity.label},
                        {"score", shortest(entity.score)}};
    if (!is_grouped) json["index"] = entity.index;
    json["word"] = entity.text;
    json["start"] = index.code_point_offset(entity.span.begin);
    json["end"] = index.code_point_offset(entity.span.end);
    entities.push_back(std::move(json));
  }
  return entities;
}

http::Begun tag(const ServerModels& models, const http::Request& request) {
  const auto service = models.ner.get();
  const RequestFields fields(request);
  const RequestFields parameters = parameters_of(fields);
  const auto texts = shared(fields.texts("inputs"));
  const std::string strategy =
      parameters.has("aggregation_strategy") ? parameters.text("aggregation_strategy") : "simple";
  TagOptions options;
  options.aggregation = aggregation_from_name(strategy);
  if (parameters.has("ignore_labels")) options.ignore_labels = parameters.texts("ignore_labels");
  options.stride = parameters.integer("stride", -1, 0, kMaxLength);
  const bool one = is_one(fields);
  return service->answer(
      request,
      fmt::format("pipeline {} stride={} one={} ignore={}", strategy, options.stride, one,
                  dump_json(Json(options.ignore_labels))),
      *texts,
      [texts, options, one](TokenClassifier& classifier) {
        OrderedJson all = OrderedJson::array();
        const std::vector<Entities> results = classifier.run(*texts, options);
        for (size_t i = 0; i < results.size(); ++i) {
          all.push_back(
              entities_json(results[i], (*texts)[i], options.aggregation != Aggregation::none));
        }
        return dump_json(one ? all[0] : all);
      },
      json_response);
}

AnswerOptions answer_options(const RequestFields& parameters) {
  AnswerOptions options;
  options.top_k = static_cast<int>(parameters.integer("top_k", 1, 1, RequestFields::kMaxTopK));
  options.max_answer_length = static_cast<int>(
      parameters.integer("max_answer_len", options.max_answer_length, 1, kMaxLength));
  options.max_length = parameters.integer("max_seq_len", 0, 1, kMaxLength);
  options.doc_stride = parameters.integer("doc_stride", -1, 0, kMaxLength);
  options.handle_impossible_answer = parameters.boolean("handle_impossible_answer", false);
  options.align_to_words = parameters.boolean("align_to_words", true);
  if (parameters.has("max_question_len")) {
    fail_field("max_question_len", "is not possible: questions are never cut");
  }
  return options;
}

// For keys of caches.
std::string to_text(const AnswerOptions& options) {
  return fmt::format("pipeline {} {} {} {} {} {}", options.top_k, options.max_answer_length,
                     options.max_length, options.doc_stride, options.handle_impossible_answer,
                     options.align_to_words);
}

OrderedJson answers_json(const Answers& result, const std::string& context, int top_k) {
  const CodePointIndex index(context);
  OrderedJson answers = OrderedJson::array();
  for (const Answer& answer : result.answers) {
    answers.push_back({{"score", shortest(answer.score)},
                       {"start", index.code_point_offset(answer.span.begin)},
                       {"end", index.code_point_offset(answer.span.end)},
                       {"answer", answer.text}});
  }
  if (answers.empty()) {
    answers.push_back({{"score", 0.0}, {"start", 0}, {"end", 0}, {"answer", ""}});
  }
  return top_k == 1 ? answers[0] : answers;
}

http::Begun answer(const ServerModels& models, const http::Request& request) {
  const auto service = models.qa.get();
  const RequestFields fields(request);
  const RequestFields inputs = fields.object("inputs");
  const RequestFields parameters = parameters_of(fields);
  const std::vector<QuestionContext> pairs = {{inputs.text("question"), inputs.text("context")}};
  const AnswerOptions options = answer_options(parameters);
  return service->answer(
      request, to_text(options), {pairs[0].question, pairs[0].context},
      [pairs, options](QuestionAnswerer& answerer) {
        return dump_json(
            answers_json(answerer.run(pairs, options)[0], pairs[0].context, options.top_k));
      },
      json_response);
}

}  // namespace

void add_pipeline_routes(const ServerModels& models, http::Router* router) {
  const auto add = [&](std::string_view path, auto handler) {
    router->add_staged("POST", path, [&models, handler](const http::Request& request) {
      return handler(models, request);
    });
  };
  add("/pipeline/text-classification", classify);
  add("/pipeline/token-classification", tag);
  add("/pipeline/question-answering", answer);
}

}  // namespace jnlp
