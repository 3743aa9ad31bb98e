#include "models/seq2seq_architecture.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"

namespace jnlp {
namespace {

// The names of Hugging Face transformers, taken from checkpoints that it writes.

constexpr std::array kT5Modules = std::to_array<ModuleName>({
    {"embeddings.word", "shared"},
    {"encoder.relative_bias", "encoder.block.0.layer.0.SelfAttention.relative_attention_bias"},
    {"encoder.attention.query", "encoder.block.{layer}.layer.0.SelfAttention.q"},
    {"encoder.attention.key", "encoder.block.{layer}.layer.0.SelfAttention.k"},
    {"encoder.attention.value", "encoder.block.{layer}.layer.0.SelfAttention.v"},
    {"encoder.attention.output", "encoder.block.{layer}.layer.0.SelfAttention.o"},
    {"encoder.attention.norm", "encoder.block.{layer}.layer.0.layer_norm"},
    {"encoder.ffn.gate", "encoder.block.{layer}.layer.1.DenseReluDense.wi_0"},
    {"encoder.ffn.gated_up", "encoder.block.{layer}.layer.1.DenseReluDense.wi_1"},
    {"encoder.ffn.up", "encoder.block.{layer}.layer.1.DenseReluDense.wi"},
    {"encoder.ffn.down", "encoder.block.{layer}.layer.1.DenseReluDense.wo"},
    {"encoder.ffn.norm", "encoder.block.{layer}.layer.1.layer_norm"},
    {"encoder.norm", "encoder.final_layer_norm"},
    {"decoder.relative_bias", "decoder.block.0.layer.0.SelfAttention.relative_attention_bias"},
    {"decoder.attention.query", "decoder.block.{layer}.layer.0.SelfAttention.q"},
    {"decoder.attention.key", "decoder.block.{layer}.layer.0.SelfAttention.k"},
    {"decoder.attention.value", "decoder.block.{layer}.layer.0.SelfAttention.v"},
    {"decoder.attention.output", "decoder.block.{layer}.layer.0.SelfAttention.o"},
    {"decoder.attention.norm", "decoder.block.{layer}.layer.0.layer_norm"},
    {"decoder.cross.query", "decoder.block.{layer}.layer.1.EncDecAttention.q"},
    {"decoder.cross.key", "decoder.block.{layer}.layer.1.EncDecAttention.k"},
    {"decoder.cross.value", "decoder.block.{layer}.layer.1.EncDecAttention.v"},
    {"decoder.cross.output", "decoder.block.{layer}.layer.1.EncDecAttention.o"},
    {"decoder.cross.norm", "decoder.block.{layer}.layer.1.layer_norm"},
    {"decoder.ffn.gate", "decoder.block.{layer}.layer.2.DenseReluDense.wi_0"},
    {"decoder.ffn.gated_up", "decoder.block.{layer}.layer.2.DenseReluDense.wi_1"},
    {"decoder.ffn.up", "decoder.block.{layer}.layer.2.DenseReluDense.wi"},
    {"decoder.ffn.down", "decoder.block.{layer}.layer.2.DenseReluDense.wo"},
    {"decoder.ffn.norm", "decoder.block.{layer}.layer.2.layer_norm"},
    {"decoder.norm", "decoder.final_layer_norm"},
});

// BART, Marian and Pegasus; each has the parts that its configuration asks for.
constexpr std::array kBartModules = std::to_array<ModuleName>({
    {"embeddings.word", "shared"},
    {"encoder.position", "encoder.embed_positions"},
    {"encoder.embedding_norm", "encoder.layernorm_embedding"},
    {"encoder.attention.query", "encoder.layers.{layer}.self_attn.q_proj"},
    {"encoder.attention.key", "encoder.layers.{layer}.self_attn.k_proj"},
    {"encoder.attention.value", "encoder.layers.{layer}.self_attn.v_proj"},
    {"encoder.attention.output", "encoder.layers.{layer}.self_attn.out_proj"},
    {"encoder.attention.norm", "encoder.layers.{layer}.self_attn_layer_norm"},
    {"encoder.ffn.up", "encoder.layers.{layer}.fc1"},
    {"encoder.ffn.down", "encoder.layers.{layer}.fc2"},
    {"encoder.ffn.norm", "encoder.layers.{layer}.final_layer_norm"},
    {"encoder.norm", "encoder.layer_norm"},
    {"decoder.position", "decoder.embed_positions"},
    {"decoder.embedding_norm", "decoder.layernorm_embedding"},
    {"decoder.attention.query", "decoder.layers.{layer}.self_attn.q_proj"},
    {"decoder.attention.key", "decoder.layers.{layer}.self_attn.k_proj"},
    {"decoder.attention.value", "decoder.layers.{layer}.self_attn.v_proj"},
    {"decoder.attention.output", "decoder.layers.{layer}.self_attn.out_proj"},
    {"decoder.attention.norm", "decoder.layers.{layer}.self_attn_layer_norm"},
    {"decoder.cross.query", "decoder.layers.{layer}.encoder_attn.q_proj"},
    {"decoder.cross.key", "decoder.layers.{layer}.encoder_attn.k_proj"},
    {"decoder.cross.value", "decoder.layers.{layer}.encoder_attn.v_proj"},
    {"decoder.cross.output", "decoder.layers.{layer}.encoder_attn.out_proj"},
    {"decoder.cross.norm", "decoder.layers.{layer}.encoder_attn_layer_norm"},
    {"decoder.ffn.up", "decoder.layers.{layer}.fc1"},
    {"decoder.ffn.down", "decoder.layers.{layer}.fc2"},
    {"decoder.ffn.norm", "decoder.layers.{layer}.final_layer_norm"},
    {"decoder.norm", "decoder.layer_norm"},
});

// The registry: one line per architecture.
constexpr std::array kSeq2SeqArchitectures = std::to_array<Seq2SeqArchitecture>({
    {"t5", Seq2SeqFamily::t5, "", kT5Modules},
    {"bart", Seq2SeqFamily::bart, "model.", kBartModules},
    {"marian", Seq2SeqFamily::bart, "model.", kBartModules},
    {"pegasus", Seq2SeqFamily::bart, "model.", kBartModules},
});

const Seq2SeqArchitecture* find(std::string_view model_type) {
  for (const Seq2SeqArchitecture& architecture : kSeq2SeqArchitectures) {
    if (architecture.model_type == model_type) return &architecture;
  }
  return nullptr;
}

}  // namespace

const Seq2SeqArchitecture& find_seq2seq_architecture(std::string_view model_type) {
  if (const Seq2SeqArchitecture* found = find(model_type)) return *found;
  std::string known;
  for (const Seq2SeqArchitecture& architecture : kSeq2SeqArchitectures) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", architecture.model_type);
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("config.json: model_type '{}' is not an encoder with a decoder that the "
                          "native engine runs ({})",
                          model_type, known));
}

bool is_seq2seq(std::string_view model_type) {
  return find(model_type) != nullptr;
}

}  // namespace jnlp
