#include "server/tei_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "server/embedding_json.h"
#include "server/tei_answer.h"
#include "server/tei_errors.h"
#include "server/tei_info.h"
#include "server/tei_inputs.h"

namespace jnlp {
namespace {

// As there: a model with one label gives a number for itself, with several one label excludes the
// others, whatever the model's config says.
ScoreFunction score_function(const ModelFacts& model, bool raw_scores) {
  if (raw_scores) return ScoreFunction::none;
  return model.output_size == 1 ? ScoreFunction::sigmoid : ScoreFunction::softmax;
}

ClassifyOptions classify_options(const RequestFields& fields, const ModelFacts& model) {
  const LengthOptions length = tei_length(fields);
  ClassifyOptions options;
  options.top_k = 0;
  options.function = score_function(model, fields.boolean("raw_scores", false));
  options.truncate = length.truncate;
  options.direction = length.direction;
  return options;
}

std::string parameters_of(const char* route, const RequestFields& fields) {
  return fmt::format("tei {} raw={} {}", route, fields.boolean("raw_scores", false),
                     to_text(tei_length(fields)));
}

template <typename Result>
int64_t tokens_of(const std::vector<Result>& results) {
  int64_t tokens = 0;
  for (const Result& result : results) tokens += result.tokens;
  return tokens;
}

// What makes a counted body an answer.
auto with_times(const std::shared_ptr<const TeiTimes>& times, size_t characters) {
  return [times, characters](const std::string& body) { return times->response(body, characters); };
}

OrderedJson predictions_json(const Classification& result) {
  OrderedJson predictions = OrderedJson::array();
  for (const LabelScore& label : result.labels) {
    predictions.push_back({{"score", shortest(label.score)}, {"label", label.label}});
  }
  return predictions;
}

http::Begun predict(const ServerModels& models, const http::Request& request) {
  const auto times = std::make_shared<TeiTimes>();
  const RequestFields fields(request);
  const auto given = shared(tei_sequences(fields));
  const auto service = tei_model(models.sentiment, "Model is not a classifier model");
  const ClassifyOptions options = classify_options(fields, service->model());
  const std::vector<std::string> texts = given->texts();
  const std::string parameters = fmt::format("{} {}{}", parameters_of("predict", fields),
                                             given->is_batch ? "many " : "", given->shape());
  return service->answer(
      request, parameters, texts,
      [times, given, options](const TextClassifier& classifier) {
        times->start_tokenizing();
        return then(classifier.prepare(given->inputs, options),
                    [given](const std::vector<Classification>& results) {
                      OrderedJson all = OrderedJson::array();
                      for (const Classification& result : results) {
                        all.push_back(predictions_json(result));
                      }
                      return counted_body(tokens_of(results),
                                          dump_json(given->is_batch ? all : all[0]));
                    });
      },
      with_times(times, count_characters(texts)), times->work());
}

OrderedJson ranks_json(const std::vector<Classification>& results,
                       const std::vector<std::string>& texts, bool return_text) {
  std::vector<size_t> order(results.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto score = [&](size_t i) { return results[i].labels.front().score; };
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return score(a) > score(b); });
  OrderedJson ranks = OrderedJson::array();
  for (const size_t i : order) {
    OrderedJson rank = {{"index", i}};
    if (return_text) rank["text"] = texts[i];
    rank["score"] = shortest(score(i));
    ranks.push_back(std::move(rank));
  }
  return ranks;
}

http::Begun rerank(const ServerModels& models, const http::Request& request) {
  const auto times = std::make_shared<TeiTimes>();
  const RequestFields fields(request);
  const std::string query = fields.text("query");
  const auto texts = shared(tei_texts(fields.json(), "texts"));
  const auto service = tei_model(models.sentiment, "model is not a re-ranker model");
  if (service->model().output_size != 1) {
    throw TeiError(TeiFault::backend, "Backend error: model is not a re-ranker model");
  }
  const ClassifyOptions options = classify_options(fields, service->model());
  const bool return_text = fields.boolean("return_text", false);
  std::vector<ClassifierInput> inputs;
  for (const std::string& text : *texts) inputs.push_back({query, text});
  std::vector<std::string> all = {query};
  all.insert(all.end(), texts->begin(), texts->end());
  const size_t characters = count_characters(*texts) + count_characters({query}) * texts->size();
  const auto count = static_cast<int64_t>(texts->size());
  const Work work{count, estimated_tokens(*texts) + count * estimated_tokens({query})};
  return service->answer(
      request, fmt::format("{} text={}", parameters_of("rerank", fields), return_text), all,
      [times, texts, inputs, options, return_text](const TextClassifier& classifier) {
        times->start_tokenizing();
        return then(classifier.prepare(inputs, options),
                    [texts, return_text](const std::vector<Classification>& results) {
                      return counted_body(tokens_of(results),
                                          dump_json(ranks_json(results, *texts, return_text)));
                    });
      },
      with_times(times, characters), times->work(), work);
}

EmbedOptions embed_options(const RequestFields& fields, const ModelFacts& model) {
  const LengthOptions length = tei_length(fields);
  EmbedOptions options;
  options.truncate = length.truncate;
  options.direction = length.direction;
  options.normalize = fields.boolean("normalize", true);
  if (fields.has("dimensions")) {
    options.dimensions = fields.integer("dimensions", 0, 1, model.output_size);
  }
  return options;
}

http::Begun embed(const ServerModels& models, const http::Request& request) {
  const auto times = std::make_shared<TeiTimes>();
  const RequestFields fields(request);
  refuse_prompts(fields);
  const auto texts = shared(tei_texts(fields.json(), "inputs"));
  const auto service = tei_model(models.embedding, "Model is not an embedding model");
  const EmbedOptions options = embed_options(fields, service->model());
  return service->answer(
      request,
      fmt::format("tei embed normalize={} dimensions={} {}", options.normalize, options.dimensions,
                  to_text(tei_length(fields))),
      *texts,
      [times, texts, options](const Embedder& embedder) {
        times->start_tokenizing();
        return then(embedder.prepare(*texts, options), [](const std::vector<Embedding>& results) {
          return counted_body(tokens_of(results), embeddings_json(results));
        });
      },
      with_times(times, count_characters(*texts)), times->work());
}

http::Begun similarity(const ServerModels& models, const http::Request& request) {
  const auto times = std::make_shared<TeiTimes>();
  const RequestFields fields(request);
  if (!fields.has("inputs") || !fields.json()["inputs"].is_object()) {
    fail_tei_input("`inputs` must be an object with source_sentence and sentences");
  }
  const Json& inputs = fields.json()["inputs"];
  std::vector<std::string> texts = tei_texts(inputs, "source_sentence");
  if (texts.size() != 1) fail_tei_input("`source_sentence` must be a string");
  const std::vector<std::string> others = tei_texts(inputs, "sentences");
  texts.insert(texts.end(), others.begin(), others.end());
  const auto service = tei_model(models.embedding, "Model is not an embedding model");
  return service->answer(
      request, "tei similarity", texts,
      [times, texts](const Embedder& embedder) {
        times->start_tokenizing();
        return then(embedder.prepare(texts), [](const std::vector<Embedding>& results) {
          return counted_body(tokens_of(results), dump_json(similarities_json(results)));
        });
      },
      with_times(times, count_characters(texts)), times->work());
}

http::Response tokenize(const ServerModels& models, const http::Request& request) {
  const RequestFields fields(request);
  refuse_prompts(fields);
  const std::vector<std::string> texts = tei_texts(fields.json(), "inputs");
  const bool special = fields.boolean("add_special_tokens", true);
  const TeiModel model = tei_described_model(models);
  OrderedJson all = OrderedJson::array();
  for (const std::string& text : texts) {
    all.push_back(tokens_json(*model.model->tokenizer, text, special));
  }
  return http::Response::json(dump_json(all));
}

}  // namespace

void add_tei_routes(const ServerModels& models, const TeiLimits& limits, http::Router* router) {
  const auto add = [&](std::string_view path, auto answer) {
    router->add_staged("POST", path, [&models, answer](const http::Request& request) {
      return guard_stages([](const auto& stage) { return with_tei_errors(stage); },
                          [&] { return answer(models, request); });
    });
  };
  add("/predict", predict);
  add("/rerank", rerank);
  add("/embed", embed);
  add("/similarity", similarity);
  router->add("POST", "/tokenize", [&models](const http::Request& request) {
    return with_tei_errors([&] { return tokenize(models, request); });
  });
  router->add("GET", "/info", [&models, limits](const http::Request&) {
    return with_tei_errors(
        [&] { return http::Response::json(dump_json(tei_info_json(models, limits))); });
  });
}

}  // namespace jnlp
