#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "kernels/activation.h"
#include "models/relative_position.h"

namespace jnlp {

/// The sizes of an encoder's or a decoder's layers.
struct StackConfig {
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t head_size = 0;
  int64_t intermediate_size = 0;

  int64_t attention_size() const { return heads * head_size; }
};

/// How a model knows the order of tokens.
enum class Positions {
  relative,   ///< by a bias of self-attention (T5)
  learned,    ///< by rows of a table (BART)
  sinusoidal  ///< by sines and cosines (Vaswani et al. 2017; Marian, Pegasus)
};

/// The shape of an encoder with a decoder, whatever its architecture: what config.json says, in one
/// vocabulary.
struct Seq2SeqConfig {
  std::string model_type;  ///< as in config.json, for example "t5"; names the weight map
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  StackConfig encoder;
  StackConfig decoder;
  Activation activation = Activation::relu;
  bool gated = false;  ///< feed-forward net: activation(gate(x)) * up(x)
  bool biases = true;  ///< of linear layers

  float norm_epsilon = 1e-5F;
  bool rms_norm = false;
  bool norm_first = false;      ///< before attention and feed-forward net, else behind the residual
  bool final_norm = false;      ///< behind the last layer
  bool embedding_norm = false;  ///< behind the embeddings

  float embedding_scale = 1;
  bool scaled_attention = true;  ///< scores are divided by sqrt(head_size)
  float output_scale = 1;        ///< of what the LM head reads
  bool tied_embeddings = true;   ///< the LM head may be the word embedding itself

  Positions positions = Positions::learned;
  int64_t max_positions = 0;    ///< longest source and longest target; 0 for no limit
  int64_t position_offset = 0;  ///< row of a learned table for a sequence's first token
  RelativeBuckets encoder_buckets = {0};
  RelativeBuckets decoder_buckets = {0};
};

/// Reads a config.json of any architecture with encoder and decoder that the native engine runs.
/// @throws Error unsupported for an unknown model_type, activation or variant; invalid_input for
///   sizes that are missing or impossible. The message names the field.
Seq2SeqConfig read_seq2seq_config(const Json& config);

}  // namespace jnlp
