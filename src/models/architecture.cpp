#include "models/architecture.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/error.h"

namespace jnlp {
namespace {

// The names of Hugging Face transformers, taken from checkpoints that it writes.

constexpr std::array kBertModules = std::to_array<ModuleName>({
    {"embeddings.word", "embeddings.word_embeddings"},
    {"embeddings.position", "embeddings.position_embeddings"},
    {"embeddings.type", "embeddings.token_type_embeddings"},
    {"embeddings.norm", "embeddings.LayerNorm"},
    {"embeddings.projection", "embeddings_project"},  // ELECTRA
    {"attention.query", "encoder.layer.{layer}.attention.self.query"},
    {"attention.key", "encoder.layer.{layer}.attention.self.key"},
    {"attention.value", "encoder.layer.{layer}.attention.self.value"},
    {"attention.output", "encoder.layer.{layer}.attention.output.dense"},
    {"attention.norm", "encoder.layer.{layer}.attention.output.LayerNorm"},
    {"ffn.up", "encoder.layer.{layer}.intermediate.dense"},
    {"ffn.down", "encoder.layer.{layer}.output.dense"},
    {"ffn.norm", "encoder.layer.{layer}.output.LayerNorm"},
});

constexpr std::array kDistilBertModules = std::to_array<ModuleName>({
    {"embeddings.word", "embeddings.word_embeddings"},
    {"embeddings.position", "embeddings.position_embeddings"},
    {"embeddings.norm", "embeddings.LayerNorm"},
    {"attention.query", "transformer.layer.{layer}.attention.q_lin"},
    {"attention.key", "transformer.layer.{layer}.attention.k_lin"},
    {"attention.value", "transformer.layer.{layer}.attention.v_lin"},
    {"attention.output", "transformer.layer.{layer}.attention.out_lin"},
    {"attention.norm", "transformer.layer.{layer}.sa_layer_norm"},
    {"ffn.up", "transformer.layer.{layer}.ffn.lin1"},
    {"ffn.down", "transformer.layer.{layer}.ffn.lin2"},
    {"ffn.norm", "transformer.layer.{layer}.output_layer_norm"},
});

constexpr std::array kMpnetModules = std::to_array<ModuleName>({
    {"embeddings.word", "embeddings.word_embeddings"},
    {"embeddings.position", "embeddings.position_embeddings"},
    {"embeddings.norm", "embeddings.LayerNorm"},
    {"relative_bias", "encoder.relative_attention_bias"},
    {"attention.query", "encoder.layer.{layer}.attention.attn.q"},
    {"attention.key", "encoder.layer.{layer}.attention.attn.k"},
    {"attention.value", "encoder.layer.{layer}.attention.attn.v"},
    {"attention.output", "encoder.layer.{layer}.attention.attn.o"},
    {"attention.norm", "encoder.layer.{layer}.attention.LayerNorm"},
    {"ffn.up", "encoder.layer.{layer}.intermediate.dense"},
    {"ffn.down", "encoder.layer.{layer}.output.dense"},
    {"ffn.norm", "encoder.layer.{layer}.output.LayerNorm"},
});

constexpr std::array kAlbertModules = std::to_array<ModuleName>({
    {"embeddings.word", "embeddings.word_embeddings"},
    {"embeddings.position", "embeddings.position_embeddings"},
    {"embeddings.type", "embeddings.token_type_embeddings"},
    {"embeddings.norm", "embeddings.LayerNorm"},
    {"embeddings.projection", "encoder.embedding_hidden_mapping_in"},
    {"attention.query",
     "encoder.albert_layer_groups.{group}.albert_layers.{inner}.attention.query"},
    {"attention.key", "encoder.albert_layer_groups.{group}.albert_layers.{inner}.attention.key"},
    {"attention.value",
     "encoder.albert_layer_groups.{group}.albert_layers.{inner}.attention.value"},
    {"attention.output",
     "encoder.albert_layer_groups.{group}.albert_layers.{inner}.attention.dense"},
    {"attention.norm",
     "encoder.albert_layer_groups.{group}.albert_layers.{inner}.attention.LayerNorm"},
    {"ffn.up", "encoder.albert_layer_groups.{group}.albert_layers.{inner}.ffn"},
    {"ffn.down", "encoder.albert_layer_groups.{group}.albert_layers.{inner}.ffn_output"},
    {"ffn.norm", "encoder.albert_layer_groups.{group}.albert_layers.{inner}.full_layer_layer_norm"},
});

constexpr HeadNames kBertHeads = {
    .classifier_dense = "bert.pooler.dense",
    .classifier_activation = Activation::tanh,
    .classifier_out = "classifier",
    .token_out = "classifier",
    .qa_out = "qa_outputs",
    .lm_dense = "cls.predictions.transform.dense",
    .lm_activation = std::nullopt,
    .lm_norm = "cls.predictions.transform.LayerNorm",
    .lm_decoder = "cls.predictions.decoder",
    .lm_bias = "cls.predictions",
};

// RoBERTa and MPNet; XLM-R and CamemBERT are RoBERTa.
constexpr HeadNames kRobertaHeads = {
    .classifier_dense = "classifier.dense",
    .classifier_activation = Activation::tanh,
    .classifier_out = "classifier.out_proj",
    .token_out = "classifier",
    .qa_out = "qa_outputs",
    .lm_dense = "lm_head.dense",
    .lm_activation = Activation::gelu,
    .lm_norm = "lm_head.layer_norm",
    .lm_decoder = "lm_head.decoder",
    .lm_bias = "lm_head",
};

constexpr HeadNames kDistilBertHeads = {
    .classifier_dense = "pre_classifier",
    .classifier_activation = Activation::relu,
    .classifier_out = "classifier",
    .token_out = "classifier",
    .qa_out = "qa_outputs",
    .lm_dense = "vocab_transform",
    .lm_activation = std::nullopt,
    .lm_norm = "vocab_layer_norm",
    .lm_decoder = "vocab_projector",
    .lm_bias = "vocab_projector",
};

constexpr HeadNames kElectraHeads = {
    .classifier_dense = "classifier.dense",
    .classifier_activation = Activation::gelu,
    .classifier_out = "classifier.out_proj",
    .token_out = "classifier",
    .qa_out = "qa_outputs",
    .lm_dense = "generator_predictions.dense",
    .lm_activation = Activation::gelu,
    .lm_norm = "generator_predictions.LayerNorm",
    .lm_decoder = "generator_lm_head",
    .lm_bias = "generator_lm_head",
};

constexpr HeadNames kAlbertHeads = {
    .classifier_dense = "albert.pooler",
    .classifier_activation = Activation::tanh,
    .classifier_out = "classifier",
    .token_out = "classifier",
    .qa_out = "qa_outputs",
    .lm_dense = "predictions.dense",
    .lm_activation = std::nullopt,
    .lm_norm = "predictions.LayerNorm",
    .lm_decoder = "predictions.decoder",
    .lm_bias = "predictions",
};

// The registry: one line per architecture.
constexpr std::array kArchitectures = std::to_array<Architecture>({
    {"bert", "bert.", kBertModules, kBertHeads, false, 2, "gelu"},
    {"distilbert", "distilbert.", kDistilBertModules, kDistilBertHeads, false, 0, "gelu"},
    {"roberta", "roberta.", kBertModules, kRobertaHeads, true, 2, "gelu"},
    {"xlm-roberta", "roberta.", kBertModules, kRobertaHeads, true, 2, "gelu"},
    {"camembert", "roberta.", kBertModules, kRobertaHeads, true, 2, "gelu"},
    {"mpnet", "mpnet.", kMpnetModules, kRobertaHeads, true, 0, "gelu"},
    {"electra", "electra.", kBertModules, kElectraHeads, false, 2, "gelu"},
    {"albert", "albert.", kAlbertModules, kAlbertHeads, false, 2, "gelu_new"},
});

constexpr std::array kHeadSuffixes = std::to_array<std::pair<std::string_view, Head>>({
    {"ForSequenceClassification", Head::sequence_classification},
    {"ForTokenClassification", Head::token_classification},
    {"ForQuestionAnswering", Head::question_answering},
    {"ForMaskedLM", Head::masked_lm},
    {"ForPreTraining", Head::masked_lm},
    {"Model", Head::embedding},
});

}  // namespace

const Architecture& find_architecture(std::string_view model_type) {
  std::string known;
  for (const Architecture& architecture : kArchitectures) {
    if (architecture.model_type == model_type) return architecture;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", architecture.model_type);
  }
  throw Error(
      ErrorCode::unsupported,
      fmt::format("config.json: model_type '{}' is not one that the native engine runs ({})",
                  model_type, known));
}

Head head_of_config(std::string_view architecture_name) {
  if (architecture_name.empty()) return Head::embedding;
  for (const auto& [suffix, head] : kHeadSuffixes) {
    if (architecture_name.ends_with(suffix)) return head;
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("config.json: the native engine has no head for the architecture '{}'",
                          architecture_name));
}

}  // namespace jnlp
