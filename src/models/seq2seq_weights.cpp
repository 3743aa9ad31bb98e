#include "models/seq2seq_weights.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "models/seq2seq_architecture.h"

namespace jnlp {
namespace {

class Seq2SeqSpecs {
 public:
  explicit Seq2SeqSpecs(const Seq2SeqConfig& config)
      : config_(config), architecture_(find_seq2seq_architecture(config.model_type)) {}

  // A tensor under our name, whose checkpoint name stands in the table as `module`.
  void add(const std::string& ours, std::string_view module, std::string_view suffix,
           std::vector<int64_t> shape, int64_t layer = 0) {
    WeightSpec spec;
    spec.name = ours + std::string(suffix);
    spec.shape = std::move(shape);
    const std::string name = checkpoint_module(module, layer) + std::string(suffix);
    spec.checkpoint_names.push_back(std::string(architecture_.prefix) + name);
    if (!architecture_.prefix.empty()) spec.checkpoint_names.push_back(name);
    specs.push_back(std::move(spec));
  }

  void norm(const std::string& ours, std::string_view module, int64_t layer = 0) {
    add(ours, module, ".weight", {config_.hidden_size}, layer);
    if (!config_.rms_norm) add(ours, module, ".bias", {config_.hidden_size}, layer);
  }

  void linear(const std::string& ours, std::string_view module, int64_t outputs, int64_t inputs,
              int64_t layer) {
    add(ours, module, ".weight", {outputs, inputs}, layer);
    if (config_.biases) add(ours, module, ".bias", {outputs}, layer);
  }

  std::string_view prefix() const { return architecture_.prefix; }

  std::vector<WeightSpec> specs;

 private:
  std::string checkpoint_module(std::string_view ours, int64_t layer) const {
    for (const ModuleName& module : architecture_.modules) {
      if (module.ours == ours) {
        return fmt::format(fmt::runtime(module.checkpoint), fmt::arg("layer", layer));
      }
    }
    throw Error(ErrorCode::internal,
                fmt::format("{} has no module '{}'", config_.model_type, ours));
  }

  const Seq2SeqConfig& config_;
  const Seq2SeqArchitecture& architecture_;
};

// The word embedding and the LM head, each of which may stand for the other where they are tied.
void add_vocabulary(const Seq2SeqConfig& config, Seq2SeqSpecs* list) {
  const std::string prefix(list->prefix());
  list->add("embeddings.word", "embeddings.word", ".weight",
            {config.vocab_size, config.hidden_size});
  std::vector<std::string>& word = list->specs.back().checkpoint_names;
  for (const char* side : {"encoder", "decoder"}) {
    word.push_back(fmt::format("{}{}.embed_tokens.weight", prefix, side));
  }
  const std::vector<std::string> embedding_names = word;
  WeightSpec head{"lm_head.weight", {config.vocab_size, config.hidden_size}, {"lm_head.weight"}};
  if (config.tied_embeddings) {
    word.push_back("lm_head.weight");
    head.checkpoint_names.insert(head.checkpoint_names.end(), embedding_names.begin(),
                                 embedding_names.end());
  }
  list->specs.push_back(std::move(head));
  if (!config.biases) return;
  WeightSpec bias{"lm_head.bias", {1, config.vocab_size}, {"final_logits_bias"}};
  bias.optional = true;
  list->specs.push_back(std::move(bias));
}

void add_attention(const Seq2SeqConfig& config, const StackConfig& stack, const std::string& ours,
                   const std::string& module, int64_t layer, Seq2SeqSpecs* list) {
  const int64_t size = stack.attention_size();
  for (const char* part : {".query", ".key", ".value"}) {
    list->linear(ours + part, module + part, size, config.hidden_size, layer);
  }
  list->linear(ours + ".output", module + ".output", config.hidden_size, size, layer);
  list->norm(ours + ".norm", module + ".norm", layer);
}

void add_feed_forward(const Seq2SeqConfig& config, const StackConfig& stack,
                      const std::string& ours, const std::string& module, int64_t layer,
                      Seq2SeqSpecs* list) {
  const int64_t inner = stack.intermediate_size;
  if (config.gated)
    list->linear(ours + ".gate", module + ".gate", inner, config.hidden_size, layer);
  list->linear(ours + ".up", module + (config.gated ? ".gated_up" : ".up"), inner,
               config.hidden_size, layer);
  list->linear(ours + ".down", module + ".down", config.hidden_size, inner, layer);
  list->norm(ours + ".norm", module + ".norm", layer);
}

void add_stack(const Seq2SeqConfig& config, const StackConfig& stack, const std::string& side,
               int64_t buckets, Seq2SeqSpecs* list) {
  if (config.positions == Positions::relative) {
    list->add(side + ".relative_bias", side + ".relative_bias", ".weight", {buckets, stack.heads});
  } else {
    list->add(side + ".position", side + ".position", ".weight",
              {config.max_positions + config.position_offset, config.hidden_size});
    list->specs.back().optional = config.positions == Positions::sinusoidal;
  }
  if (config.embedding_norm) list->norm(side + ".embedding_norm", side + ".embedding_norm");
  for (int64_t layer = 0; layer < stack.layers; ++layer) {
    const std::string ours = fmt::format("{}.layers.{}", side, layer);
    add_attention(config, stack, ours + ".attention", side + ".attention", layer, list);
    if (side == "decoder") {
      add_attention(config, stack, ours + ".cross", side + ".cross", layer, list);
    }
    add_feed_forward(config, stack, ours + ".ffn", side + ".ffn", layer, list);
  }
  if (config.final_norm) list->norm(side + ".norm", side + ".norm");
}

}  // namespace

std::vector<WeightSpec> seq2seq_weights(const Seq2SeqConfig& config) {
  Seq2SeqSpecs list(config);
  add_vocabulary(config, &list);
  add_stack(config, config.encoder, "encoder", config.encoder_buckets.count, &list);
  add_stack(config, config.decoder, "decoder", config.decoder_buckets.count, &list);
  return std::move(list.specs);
}

}  // namespace jnlp
