#include "server/task_routes.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "serve/overloaded.h"
#include "server/request_fields.h"
#include "server/result_json.h"

namespace jnlp {
namespace {

BatchLimits batch_limits(const RequestFields& fields) {
  const BatchLimits usual;
  return {.max_sequences = fields.integer("batch_size", usual.max_sequences, 1, 1024),
          .max_tokens = usual.max_tokens};
}

std::string body_of(OrderedJson results, const ServedFacts& facts) {
  return dump_json(OrderedJson{{"results", std::move(results)}, {"model", facts.model}});
}

http::Begun sentiment(const ServerModels& models, const http::Request& request) {
  const auto service = models.sentiment.get();
  const RequestFields fields(request);
  const auto texts = shared(fields.texts("texts"));
  ClassifyOptions options;
  options.top_k = static_cast<int>(fields.integer("top_k", 1, 0, RequestFields::kMaxTopK));
  options.batch = batch_limits(fields);
  return service->answer(
      request, fmt::format("top_k={}", options.top_k), *texts,
      [service, texts, options](const TextClassifier& classifier) {
        return then(classifier.prepare(*texts, options),
                    [service, top_k = options.top_k](const std::vector<Classification>& all) {
                      OrderedJson results = OrderedJson::array();
                      for (const Classification& one : all) results.push_back(to_json(one, top_k));
                      return body_of(std::move(results), service->facts());
                    });
      },
      json_response);
}

http::Begun ner(const ServerModels& models, const http::Request& request) {
  const auto service = models.ner.get();
  const RequestFields fields(request);
  const auto texts = shared(fields.texts("texts"));
  TagOptions options;
  options.batch = batch_limits(fields);
  return service->answer(
      request, "", *texts,
      [service, texts, options](TokenClassifier& classifier) {
        OrderedJson results = OrderedJson::array();
        const std::vector<Entities> all = classifier.run(*texts, options);
        for (size_t i = 0; i < all.size(); ++i) results.push_back(to_json(all[i], (*texts)[i]));
        return body_of(std::move(results), service->facts());
      },
      json_response);
}

// One context may stand for all questions.
std::vector<QuestionContext> questions_with_contexts(const RequestFields& fields) {
  std::vector<std::string> questions = fields.texts("questions");
  const std::vector<std::string> contexts = fields.texts("contexts");
  if (contexts.size() != 1 && contexts.size() != questions.size()) {
    fail_field("contexts", fmt::format("has {} texts for {} questions: give one for each, or one "
                                       "for all",
                                       contexts.size(), questions.size()));
  }
  std::vector<QuestionContext> inputs;
  for (size_t i = 0; i < questions.size(); ++i) {
    inputs.push_back({std::move(questions[i]), contexts[contexts.size() == 1 ? 0 : i]});
  }
  return inputs;
}

http::Begun qa(const ServerModels& models, const http::Request& request) {
  const auto service = models.qa.get();
  const RequestFields fields(request);
  const auto inputs = shared(questions_with_contexts(fields));
  AnswerOptions options;
  options.top_k = static_cast<int>(fields.integer("top_k", 1, 1, RequestFields::kMaxTopK));
  options.handle_impossible_answer = fields.boolean("handle_impossible_answer", false);
  options.batch = batch_limits(fields);
  std::vector<std::string> texts;
  for (const QuestionContext& input : *inputs) {
    texts.push_back(input.question);
    texts.push_back(input.context);
  }
  const std::string parameters =
      fmt::format("top_k={} impossible={}", options.top_k, options.handle_impossible_answer);
  return service->answer(
      request, parameters, texts,
      [service, inputs, options](QuestionAnswerer& answerer) {
        OrderedJson results = OrderedJson::array();
        const std::vector<Answers> all = answerer.run(*inputs, options);
        for (size_t i = 0; i < all.size(); ++i) {
          results.push_back(to_json(all[i], (*inputs)[i].context, options.top_k));
        }
        return body_of(std::move(results), service->facts());
      },
      json_response);
}

http::Begun summarize(const ServerModels& models, const http::Request& request) {
  const auto service = models.summarization.get();
  const RequestFields fields(request);
  const auto texts = shared(fields.texts("texts"));
  SummaryOptions options;
  options.max_sentences = fields.integer("max_sentences", options.max_sentences, 1, 1000);
  options.max_words = fields.integer("max_length", 0, 0, 100'000);
  options.min_words = fields.integer("min_length", 0, 0, 100'000);
  return service->answer(request, texts, options,
                         [service, texts](const std::vector<Summary>& summaries) {
                           OrderedJson results = OrderedJson::array();
                           for (size_t i = 0; i < summaries.size(); ++i) {
                             results.push_back(to_json(summaries[i], (*texts)[i]));
                           }
                           return body_of(std::move(results), service->facts());
                         });
}

}  // namespace

void add_task_routes(const ServerModels& models, http::Router* router) {
  const auto add = [&](std::string_view path, auto answer) {
    router->add_staged("POST", path, [&models, answer](const http::Request& request) {
      return answer(models, request);
    });
  };
  add("/sentiment", sentiment);
  add("/ner", ner);
  add("/qa", qa);
  add("/summarize", summarize);
}

}  // namespace jnlp
