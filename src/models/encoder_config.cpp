#include "models/encoder_config.h"

#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "models/architecture.h"
#include "models/config_fields.h"

namespace jnlp {
namespace {

void check_variant(const Json& config) {
  const Json* decoder = find_field(config, {"is_decoder"});
  if (decoder != nullptr && *decoder == true) {
    throw Error(ErrorCode::unsupported, "config.json: is_decoder is true; only encoders run here");
  }
  const Json* positions = find_field(config, {"position_embedding_type"});
  if (positions != nullptr && *positions != "absolute") {
    throw Error(ErrorCode::unsupported,
                fmt::format("config.json: position_embedding_type {} is not supported",
                            dump_json(*positions)));
  }
}

void read_positions(const Json& config, const Architecture& architecture, EncoderConfig* out) {
  out->position_rows = read_size(config, {"max_position_embeddings"}, 512, 1);
  out->pad_token_id =
      read_size(config, {"pad_token_id"}, architecture.positions_after_padding ? 1 : 0, 0);
  if (architecture.positions_after_padding) {
    out->positions_skip_padding = true;
    out->position_offset = out->pad_token_id + 1;
  }
  if (out->max_sequence_length() < 1) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("config.json: max_position_embeddings {} leaves no room behind "
                            "pad_token_id {}",
                            out->position_rows, out->pad_token_id));
  }
}

}  // namespace

std::vector<int64_t> EncoderConfig::layer_order() const {
  std::vector<int64_t> order;
  for (int64_t layer = 0; layer < layers; ++layer) {
    if (layer_groups == 0) {
      order.push_back(layer);
      continue;
    }
    const int64_t group = layer * layer_groups / layers;
    for (int64_t inner = 0; inner < inner_layers; ++inner) {
      order.push_back(group * inner_layers + inner);
    }
  }
  return order;
}

EncoderConfig read_encoder_config(const Json& config) {
  const auto type = config.find("model_type");
  if (type == config.end() || !type->is_string()) {
    throw Error(ErrorCode::invalid_input, "config.json has no model_type");
  }
  EncoderConfig out;
  out.model_type = type->get<std::string>();
  const Architecture& architecture = find_architecture(out.model_type);
  check_variant(config);
  out.vocab_size = read_size(config, {"vocab_size"}, std::nullopt, 1);
  out.hidden_size = read_size(config, {"hidden_size", "dim"}, std::nullopt, 1);
  out.layers = read_size(config, {"num_hidden_layers", "n_layers"}, std::nullopt, 1);
  out.heads = read_size(config, {"num_attention_heads", "n_heads"}, std::nullopt, 1);
  out.intermediate_size = read_size(config, {"intermediate_size", "hidden_dim"}, std::nullopt, 1);
  out.embedding_size = out.hidden_size;
  if (out.model_type == "electra" || out.model_type == "albert") {
    out.embedding_size = read_size(config, {"embedding_size"}, 128, 1);
  }
  if (out.model_type == "albert") {
    out.layer_groups = read_size(config, {"num_hidden_groups"}, 1, 1);
    out.inner_layers = read_size(config, {"inner_group_num"}, 1, 1);
    check_divisible(out.layers, out.layer_groups, "num_hidden_layers by num_hidden_groups");
  }
  if (out.model_type == "mpnet") {
    out.relative_buckets = read_size(config, {"relative_attention_num_buckets"}, 32, 4);
  }
  out.activation =
      read_activation(config, {"hidden_act", "activation"}, architecture.default_activation);
  out.norm_epsilon = read_epsilon(config, "layer_norm_eps", 1e-12F);
  read_positions(config, architecture, &out);
  if (architecture.default_type_vocab > 0) {
    out.type_vocab_size =
        read_size(config, {"type_vocab_size"}, architecture.default_type_vocab, 1);
  }
  const Json* tied = find_field(config, {"tie_word_embeddings"});
  out.tied_embeddings = tied == nullptr || *tied != false;
  check_divisible(out.hidden_size, out.heads, "hidden_size by num_attention_heads");
  return out;
}

}  // namespace jnlp
