#include "models/weight_map.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include <map>
#include <optional>

#include "models/architecture.h"

namespace jnlp {
namespace {

std::string fill_in(std::string_view pattern, const EncoderConfig& config, int64_t layer) {
  fmt::dynamic_format_arg_store<fmt::format_context> values;
  values.push_back(fmt::arg("layer", layer));
  values.push_back(fmt::arg("group", layer / config.inner_layers));
  values.push_back(fmt::arg("inner", layer % config.inner_layers));
  return fmt::vformat(pattern, values);
}

// Names that files from before 2019 use for a layer norm's tensors.
std::string_view old_suffix(std::string_view suffix) {
  return suffix == ".weight" ? ".gamma" : ".beta";
}

class EncoderSpecs {
 public:
  explicit EncoderSpecs(const EncoderConfig& config)
      : config_(config), architecture_(find_architecture(config.model_type)) {}

  // A tensor of the encoder, by our module name without the layer.
  void encoder(std::string_view ours, std::string_view suffix, std::vector<int64_t> shape,
               std::optional<int64_t> layer = std::nullopt) {
    const std::string name = layer ? fmt::format("layers.{}.{}", *layer, ours) : std::string(ours);
    add(name, std::string(architecture_.prefix) + module_of(ours, layer.value_or(0)), suffix,
        std::move(shape));
  }

  void linear(std::string_view ours, int64_t outputs, int64_t inputs,
              std::optional<int64_t> layer = std::nullopt) {
    encoder(ours, ".weight", {outputs, inputs}, layer);
    encoder(ours, ".bias", {outputs}, layer);
  }

  void norm(std::string_view ours, int64_t size, std::optional<int64_t> layer = std::nullopt) {
    encoder(ours, ".weight", {size}, layer);
    encoder(ours, ".bias", {size}, layer);
  }

  // A tensor of the head, by its module's full name in checkpoints.
  void add(std::string_view ours, std::string_view module, std::string_view suffix,
           std::vector<int64_t> shape) {
    WeightSpec spec{fmt::format("{}{}", ours, suffix), std::move(shape), {}};
    add_names(&spec, module, suffix);
    if (ours.ends_with("norm")) add_names(&spec, module, old_suffix(suffix));
    specs.push_back(std::move(spec));
  }

  std::string module_of(std::string_view ours, int64_t layer) const {
    for (const ModuleName& module : architecture_.modules) {
      if (module.ours == ours) return fill_in(module.checkpoint, config_, layer);
    }
    return std::string(ours);
  }

  const Architecture& architecture() const { return architecture_; }

  std::vector<WeightSpec> specs;

 private:
  void add_names(WeightSpec* spec, std::string_view module, std::string_view suffix) const {
    spec->checkpoint_names.push_back(fmt::format("{}{}", module, suffix));
    if (module.starts_with(architecture_.prefix)) {
      module.remove_prefix(architecture_.prefix.size());
      spec->checkpoint_names.push_back(fmt::format("{}{}", module, suffix));
    }
  }

  const EncoderConfig& config_;
  const Architecture& architecture_;
};

void add_layer(const EncoderConfig& config, int64_t layer, EncoderSpecs* list) {
  const int64_t hidden = config.hidden_size;
  for (const char* part :
       {"attention.query", "attention.key", "attention.value", "attention.output"}) {
    list->linear(part, hidden, hidden, layer);
  }
  list->norm("attention.norm", hidden, layer);
  list->linear("ffn.up", config.intermediate_size, hidden, layer);
  list->linear("ffn.down", hidden, config.intermediate_size, layer);
  list->norm("ffn.norm", hidden, layer);
}

void add_masked_lm(const EncoderConfig& config, EncoderSpecs* list) {
  const HeadNames& names = list->architecture().heads;
  const int64_t width = config.embedding_size;
  list->add("head.dense", names.lm_dense, ".weight", {width, config.hidden_size});
  list->add("head.dense", names.lm_dense, ".bias", {width});
  list->add("head.norm", names.lm_norm, ".weight", {width});
  list->add("head.norm", names.lm_norm, ".bias", {width});
  list->add("head.out", names.lm_decoder, ".weight", {config.vocab_size, width});
  if (config.tied_embeddings) {
    // Files leave out the decoder when it is the embedding.
    std::vector<std::string>& decoder = list->specs.back().checkpoint_names;
    const std::string word = list->module_of("embeddings.word", 0) + ".weight";
    decoder.push_back(std::string(list->architecture().prefix) + word);
    decoder.push_back(word);
  }
  // Files with an untied decoder have both biases, and the decoder's own is the one in use.
  list->add("head.out", names.lm_decoder, ".bias", {config.vocab_size});
  list->specs.back().checkpoint_names.push_back(fmt::format("{}.bias", names.lm_bias));
}

constexpr std::string_view kDiscriminatorDense = "discriminator_predictions.dense";
constexpr std::string_view kDiscriminatorOut = "discriminator_predictions.dense_prediction";

void add_dense_and_out(std::string_view dense, std::string_view out, int64_t hidden,
                       int64_t outputs, EncoderSpecs* list) {
  if (!dense.empty()) {
    list->add("head.dense", dense, ".weight", {hidden, hidden});
    list->add("head.dense", dense, ".bias", {hidden});
  }
  list->add("head.out", out, ".weight", {outputs, hidden});
  list->add("head.out", out, ".bias", {outputs});
}

}  // namespace

std::vector<WeightSpec> encoder_weights(const EncoderConfig& config) {
  EncoderSpecs list(config);
  const int64_t width = config.embedding_size;
  list.encoder("embeddings.word", ".weight", {config.vocab_size, width});
  list.encoder("embeddings.position", ".weight", {config.position_rows, width});
  if (config.type_vocab_size > 0) {
    list.encoder("embeddings.type", ".weight", {config.type_vocab_size, width});
  }
  list.norm("embeddings.norm", width);
  // ALBERT always has the projection, ELECTRA only between different widths.
  if (width != config.hidden_size || config.layer_groups > 0) {
    list.linear("embeddings.projection", config.hidden_size, width);
  }
  if (config.relative_buckets > 0) {
    list.encoder("relative_bias", ".weight", {config.relative_buckets, config.heads});
  }
  for (int64_t layer = 0; layer < config.distinct_layers(); ++layer) {
    add_layer(config, layer, &list);
  }
  return std::move(list.specs);
}

std::vector<WeightSpec> head_weights(const EncoderConfig& config, Head head, bool discriminator) {
  EncoderSpecs list(config);
  const HeadNames& names = list.architecture().heads;
  switch (head) {
    case Head::sequence_classification:
      add_dense_and_out(names.classifier_dense, names.classifier_out, config.hidden_size, kAnySize,
                        &list);
      break;
    case Head::token_classification:
      if (discriminator) {
        add_dense_and_out(kDiscriminatorDense, kDiscriminatorOut, config.hidden_size, 1, &list);
      } else {
        add_dense_and_out("", names.token_out, config.hidden_size, kAnySize, &list);
      }
      break;
    case Head::question_answering:
      add_dense_and_out("", names.qa_out, config.hidden_size, 2, &list);
      break;
    case Head::masked_lm:
      add_masked_lm(config, &list);
      break;
    case Head::embedding:
      break;
  }
  return std::move(list.specs);
}

Activation head_activation(const EncoderConfig& config, Head head, bool discriminator) {
  const HeadNames& names = find_architecture(config.model_type).heads;
  switch (head) {
    case Head::sequence_classification:
      return names.classifier_activation;
    case Head::token_classification:
      return discriminator ? config.activation : Activation::none;
    case Head::masked_lm:
      return names.lm_activation.value_or(config.activation);
    case Head::question_answering:
    case Head::embedding:
      break;
  }
  return Activation::none;
}

}  // namespace jnlp
