#include "server/kserve_models.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/utf8.h"
#include "server/result_json.h"

namespace jnlp {
namespace {

using Tensors = std::vector<KserveTensor>;

// Outputs have the shape of the input, so the cache must know it beside the texts.
std::string parameters_of(const KserveRequest::Input& input) {
  return fmt::format("kserve [{}]", fmt::join(input.shape, ","));
}

// What makes packed tensors the answer.
template <typename Task>
auto responder(const TaskService<Task>& service, const SharedKserveRequest& asked) {
  return [name = service.facts().task, asked](const std::string& packed) {
    return kserve_response(name, *asked, unpack_tensors(packed));
  };
}

http::Begun infer_sentiment(TaskService<TextClassifier>& service, const http::Request& request,
                            const SharedKserveRequest& asked) {
  const KserveRequest::Input& text = asked->input("text");
  return service.answer(
      request, parameters_of(text), text.texts,
      [asked, &text](const TextClassifier& classifier) {
        return then(classifier.prepare(text.texts),
                    [asked, &text](const std::vector<Classification>& results) {
                      std::vector<std::string> labels;
                      std::vector<float> scores;
                      for (const Classification& result : results) {
                        labels.push_back(result.labels.front().label);
                        scores.push_back(result.labels.front().score);
                      }
                      return pack_tensors(Tensors{bytes_tensor("label", text.shape, labels),
                                                  fp32_tensor("score", text.shape, scores)});
                    });
      },
      responder(service, asked));
}

http::Begun infer_ner(TaskService<TokenClassifier>& service, const http::Request& request,
                      const SharedKserveRequest& asked) {
  const KserveRequest::Input& text = asked->input("text");
  return service.answer(
      request, parameters_of(text), text.texts,
      [asked, &text](TokenClassifier& classifier) {
        std::vector<std::string> entities;
        const std::vector<Entities> results = classifier.run(text.texts);
        for (size_t i = 0; i < results.size(); ++i) {
          entities.push_back(dump_json(to_json(results[i], text.texts[i])["entities"]));
        }
        return pack_tensors(Tensors{bytes_tensor("entities", text.shape, entities)});
      },
      responder(service, asked));
}

std::string qa_outputs(const std::vector<Answers>& results, const KserveShape& shape,
                       const std::vector<QuestionContext>& inputs) {
  std::vector<std::string> answers;
  std::vector<float> scores;
  std::vector<int64_t> starts;
  std::vector<int64_t> ends;
  for (size_t i = 0; i < results.size(); ++i) {
    const Answer answer = results[i].answers.empty() ? Answer() : results[i].answers.front();
    const CodePointIndex index(inputs[i].context);
    answers.push_back(answer.text);
    scores.push_back(answer.score);
    starts.push_back(static_cast<int64_t>(index.code_point_offset(answer.span.begin)));
    ends.push_back(static_cast<int64_t>(index.code_point_offset(answer.span.end)));
  }
  return pack_tensors(
      Tensors{bytes_tensor("answer", shape, answers), fp32_tensor("score", shape, scores),
              int64_tensor("start", shape, starts), int64_tensor("end", shape, ends)});
}

http::Begun infer_qa(TaskService<QuestionAnswerer>& service, const http::Request& request,
                     const SharedKserveRequest& asked) {
  const KserveRequest::Input& question = asked->input("question");
  const KserveRequest::Input& context = asked->input("context");
  if (context.texts.size() != question.texts.size()) {
    throw http::HttpError(400, ErrorCode::invalid_input,
                          fmt::format("the tensors 'question' and 'context' have {} and {} texts",
                                      question.texts.size(), context.texts.size()));
  }
  std::vector<QuestionContext> inputs;
  std::vector<std::string> texts;
  for (size_t i = 0; i < question.texts.size(); ++i) {
    inputs.push_back({question.texts[i], context.texts[i]});
    texts.push_back(question.texts[i]);
    texts.push_back(context.texts[i]);
  }
  return service.answer(
      request, parameters_of(question), texts,
      [asked, &question, inputs](QuestionAnswerer& answerer) {
        return qa_outputs(answerer.run(inputs), question.shape, inputs);
      },
      responder(service, asked));
}

http::Begun infer_embedding(TaskService<Embedder>& service, const http::Request& request,
                            const SharedKserveRequest& asked) {
  const KserveRequest::Input& text = asked->input("text");
  return service.answer(
      request, parameters_of(text), text.texts,
      [asked, &text](const Embedder& embedder) {
        const KserveShape shape = {static_cast<int64_t>(text.texts.size()), embedder.dimension()};
        return then(embedder.prepare(text.texts), [shape](const std::vector<Embedding>& results) {
          std::vector<float> values;
          for (const Embedding& result : results) {
            values.insert(values.end(), result.values.begin(), result.values.end());
          }
          return pack_tensors(Tensors{fp32_tensor("embedding", shape, values)});
        });
      },
      responder(service, asked));
}

template <typename Task>
KserveModel model_of(const ModelSlot<TaskService<Task>>& slot,
                     std::vector<KserveModel::Tensor> inputs,
                     std::vector<KserveModel::Tensor> outputs,
                     http::Begun (*infer)(TaskService<Task>&, const http::Request&,
                                          const SharedKserveRequest&)) {
  return {slot.task(),
          std::move(inputs),
          std::move(outputs),
          [&slot] { return slot.find() != nullptr; },
          [&slot] { return slot.get()->description(); },
          [&slot, infer](const http::Request& request, const SharedKserveRequest& asked) {
            const auto service = slot.get();
            return infer(*service, request, asked);
          }};
}

}  // namespace

std::vector<KserveModel> kserve_models(const ServerModels& models) {
  const KserveShape many = {-1};
  return {model_of(models.sentiment, {{"text", "BYTES", many}},
                   {{"label", "BYTES", many}, {"score", "FP32", many}}, infer_sentiment),
          model_of(models.ner, {{"text", "BYTES", many}}, {{"entities", "BYTES", many}}, infer_ner),
          model_of(models.qa, {{"question", "BYTES", many}, {"context", "BYTES", many}},
                   {{"answer", "BYTES", many},
                    {"score", "FP32", many},
                    {"start", "INT64", many},
                    {"end", "INT64", many}},
                   infer_qa),
          model_of(models.embedding, {{"text", "BYTES", many}}, {{"embedding", "FP32", {-1, -1}}},
                   infer_embedding)};
}

}  // namespace jnlp
