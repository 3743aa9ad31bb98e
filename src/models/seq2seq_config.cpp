#include "models/seq2seq_config.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/error.h"
#include "models/config_fields.h"
#include "models/seq2seq_architecture.h"

namespace jnlp {
namespace {

// "relu", "gated-gelu" and the like.
void read_feed_forward(const Json& config, Seq2SeqConfig* out) {
  const Json* value = find_field(config, {"feed_forward_proj"});
  std::string name = value != nullptr && value->is_string() ? value->get<std::string>() : "relu";
  constexpr std::string_view kGated = "gated-";
  out->gated = name.starts_with(kGated);
  // By this name T5 means the approximation.
  if (name == "gated-gelu") name = "gated-gelu_new";
  if (out->gated) name = name.substr(kGated.size());
  out->activation = activation_named(name, "feed_forward_proj");
}

void read_relative_positions(const Json& config, Seq2SeqConfig* out) {
  const int64_t buckets = read_size(config, {"relative_attention_num_buckets"}, 32, 4);
  const int64_t reach =
      read_size(config, {"relative_attention_max_distance"}, 128, buckets / 2 + 1);
  out->positions = Positions::relative;
  out->encoder_buckets = {buckets, reach, true};
  out->decoder_buckets = {buckets, reach, false};
}

void read_t5(const Json& config, Seq2SeqConfig* out) {
  out->encoder.layers = read_size(config, {"num_layers"}, std::nullopt, 1);
  out->encoder.heads = read_size(config, {"num_heads"}, std::nullopt, 1);
  out->encoder.head_size = read_size(config, {"d_kv"}, std::nullopt, 1);
  out->encoder.intermediate_size = read_size(config, {"d_ff"}, std::nullopt, 1);
  out->decoder = out->encoder;
  out->decoder.layers = read_size(config, {"num_decoder_layers"}, out->encoder.layers, 1);
  read_feed_forward(config, out);
  read_relative_positions(config, out);
  out->norm_epsilon = read_epsilon(config, "layer_norm_epsilon", 1e-6F);
  out->biases = false;
  out->rms_norm = true;
  out->norm_first = true;
  out->final_norm = true;
  out->scaled_attention = false;
  // Only T5 1.0, whose embeddings are tied, scales; newer files say so themselves.
  if (read_flag(config, "scale_decoder_outputs", out->tied_embeddings)) {
    out->output_scale = 1.0F / std::sqrt(static_cast<float>(out->hidden_size));
  }
}

StackConfig read_stack(const Json& config, std::initializer_list<const char*> layers,
                       std::initializer_list<const char*> heads,
                       std::initializer_list<const char*> inner, int64_t hidden_size) {
  StackConfig stack;
  stack.layers = read_size(config, layers, std::nullopt, 1);
  stack.heads = read_size(config, heads, std::nullopt, 1);
  stack.intermediate_size = read_size(config, inner, std::nullopt, 1);
  check_divisible(hidden_size, stack.heads, fmt::format("d_model by {}", *heads.begin()));
  stack.head_size = hidden_size / stack.heads;
  return stack;
}

// BART and its relatives.
void read_bart(const Json& config, Seq2SeqConfig* out) {
  out->encoder = read_stack(config, {"encoder_layers"}, {"encoder_attention_heads"},
                            {"encoder_ffn_dim"}, out->hidden_size);
  out->decoder = read_stack(config, {"decoder_layers"}, {"decoder_attention_heads"},
                            {"decoder_ffn_dim"}, out->hidden_size);
  out->activation = read_activation(config, {"activation_function"}, "gelu");
  out->max_positions = read_size(config, {"max_position_embeddings"}, 1024, 1);
  if (read_flag(config, "scale_embedding", false)) {
    out->embedding_scale = std::sqrt(static_cast<float>(out->hidden_size));
  }
  if (out->model_type == "bart") {
    out->embedding_norm = true;
    out->position_offset = 2;  // rows that a padding index once took
    return;
  }
  out->positions = Positions::sinusoidal;
  out->norm_first = out->model_type == "pegasus";
  out->final_norm = out->norm_first;
  if (!read_flag(config, "share_encoder_decoder_embeddings", true)) {
    throw Error(ErrorCode::unsupported,
                "config.json: share_encoder_decoder_embeddings is false; models with a vocabulary "
                "for each side do not run here");
  }
}

}  // namespace

Seq2SeqConfig read_seq2seq_config(const Json& config) {
  const auto type = config.find("model_type");
  if (type == config.end() || !type->is_string()) {
    throw Error(ErrorCode::invalid_input, "config.json has no model_type");
  }
  Seq2SeqConfig out;
  out.model_type = type->get<std::string>();
  const Seq2SeqArchitecture& architecture = find_seq2seq_architecture(out.model_type);
  out.vocab_size = read_size(config, {"vocab_size"}, std::nullopt, 1);
  out.hidden_size = read_size(config, {"d_model"}, std::nullopt, 1);
  out.tied_embeddings = read_flag(config, "tie_word_embeddings", true);
  if (architecture.family == Seq2SeqFamily::t5) {
    read_t5(config, &out);
  } else {
    read_bart(config, &out);
  }
  return out;
}

}  // namespace jnlp
