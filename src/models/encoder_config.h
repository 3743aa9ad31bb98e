#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "kernels/activation.h"

namespace jnlp {

/// The shape of an encoder, whatever its architecture: what config.json says, in one vocabulary.
struct EncoderConfig {
  std::string model_type;  ///< as in config.json, for example "bert"; names the weight map
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t embedding_size = 0;  ///< width of the embeddings; projected when not hidden_size
  int64_t layers = 0;          ///< applications of a layer, shared ones counted each time
  int64_t heads = 0;
  int64_t intermediate_size = 0;
  Activation activation = Activation::gelu;
  float norm_epsilon = 1e-12F;

  int64_t position_rows = 0;    ///< rows of the position table
  int64_t position_offset = 0;  ///< position of a sequence's first token
  /// Tokens equal to pad_token_id take the position `pad_token_id` and are not counted (RoBERTa).
  bool positions_skip_padding = false;
  int64_t pad_token_id = 0;
  int64_t type_vocab_size = 0;  ///< 0: the model ignores type ids

  int64_t relative_buckets = 0;  ///< buckets of relative positions (MPNet), 0 for none

  /// ALBERT: layers share weights. `layers` is divided into this many groups, each with
  /// `inner_layers` layers; 0 means that every layer has weights of its own.
  int64_t layer_groups = 0;
  int64_t inner_layers = 1;

  bool tied_embeddings = true;  ///< the masked-LM decoder may be the word embedding itself

  int64_t head_size() const { return hidden_size / heads; }
  /// Longest sequence in tokens.
  int64_t max_sequence_length() const { return position_rows - position_offset; }
  /// Number of layers that have weights of their own.
  int64_t distinct_layers() const {
    return layer_groups > 0 ? layer_groups * inner_layers : layers;
  }
  /// The distinct layer that runs at each step of the forward pass.
  std::vector<int64_t> layer_order() const;
};

/// Reads a config.json of any registered architecture (architecture.h).
/// @throws Error unsupported for an unknown model_type, position embedding, activation or a
///   decoder; invalid_input for sizes that are missing or impossible. The message names the field.
EncoderConfig read_encoder_config(const Json& config);

}  // namespace jnlp
