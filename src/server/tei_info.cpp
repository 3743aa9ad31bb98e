#include "server/tei_info.h"

#include <array>

#include "base/utf8.h"
#include "report/build_info.h"
#include "server/request_fields.h"
#include "server/tei_errors.h"

namespace jnlp {
namespace {

// "native prepared int8 avx2, 2 threads" has the type as a word.
std::string dtype_of(std::string_view description) {
  struct Named {
    std::string_view ours;
    const char* theirs;
  };
  constexpr std::array kTypes = {Named{" fp32 ", "float32"}, Named{" fp16 ", "float16"},
                                 Named{" bf16 ", "bfloat16"}, Named{" int8 ", "int8"}};
  for (const Named& type : kTypes) {
    if (description.find(type.ours) != std::string_view::npos) return type.theirs;
  }
  return "unknown";
}

// How the vectors are pooled is not known here, so nothing is said about it.
OrderedJson type_json(const TeiModel& model) {
  if (model.facts->task == "embedding") return {{"embedding", OrderedJson::object()}};
  OrderedJson id2label = OrderedJson::object();
  OrderedJson label2id = OrderedJson::object();
  const std::vector<std::string>& labels = model.model->labels;
  for (size_t i = 0; i < labels.size(); ++i) {
    id2label[std::to_string(i)] = labels[i];
    label2id[labels[i]] = i;
  }
  return {{labels.size() == 1 ? "reranker" : "classifier",
           {{"id2label", std::move(id2label)}, {"label2id", std::move(label2id)}}}};
}

template <typename Service>
TeiModel describe(const std::shared_ptr<Service>& service) {
  return {service, &service->facts(), &service->model(), service->description()};
}

}  // namespace

TeiModel tei_described_model(const ServerModels& models) {
  if (const auto service = models.embedding.find()) return describe(service);
  try {
    return describe(models.embedding.get());
  } catch (const http::HttpError& error) {
    if (error.status() == 503) throw TeiError(TeiFault::unhealthy, error.what());
  }
  return describe(tei_model(models.sentiment, "there is no model for embeddings or sentiment"));
}

OrderedJson tei_info_json(const ServerModels& models, const TeiLimits& limits) {
  const TeiModel model = tei_described_model(models);
  return {{"model_id", model.facts->model},
          {"model_sha", nullptr},
          {"model_dtype", dtype_of(model.description)},
          {"served_model_name", model.facts->model},
          {"model_type", type_json(model)},
          {"max_concurrent_requests", limits.max_concurrent_requests},
          {"max_input_length", model.model->max_length},
          {"max_batch_tokens", limits.max_batch_tokens},
          {"max_batch_requests", limits.max_batch_requests},
          {"max_client_batch_size", RequestFields::kMaxTexts},
          {"auto_truncate", true},
          {"tokenization_workers", limits.request_threads},
          {"version", kBuildVersion},
          {"sha", kBuildCommit},
          {"docker_label", nullptr}};
}

OrderedJson tokens_json(const Tokenizer& tokenizer, std::string_view text,
                        bool add_special_tokens) {
  const Encoding encoding = tokenizer.encode(text, {.add_special_tokens = add_special_tokens});
  const CodePointIndex index(text);
  OrderedJson tokens = OrderedJson::array();
  for (size_t i = 0; i < encoding.size(); ++i) {
    const TextSpan span = encoding.offsets[i];
    const bool is_special = encoding.special_tokens_mask[i] != 0;
    OrderedJson token = {{"id", encoding.ids[i]}};
    if (is_special) {
      token.update({{"text", tokenizer.id_to_token(encoding.ids[i])},
                    {"special", true},
                    {"start", nullptr},
                    {"stop", nullptr}});
    } else {
      token.update({{"text", std::string(text.substr(span.begin, span.end - span.begin))},
                    {"special", false},
                    {"start", index.code_point_offset(span.begin)},
                    {"stop", index.code_point_offset(span.end)}});
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace jnlp
