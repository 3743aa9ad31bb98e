#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "models/encoder_config.h"

namespace jnlp {

/// Stands for a size that the checkpoint decides, as the number of labels.
inline constexpr int64_t kAnySize = -1;

/// One tensor of a model: our name, its shape, and the names it may have in a checkpoint. The first
/// is what transformers writes for a model with a head; then come those without the encoder's
/// prefix (a bare encoder's file), those of old files (gamma, beta), and tied tensors.
struct WeightSpec {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<std::string> checkpoint_names;
  bool optional = false;  ///< a file may lack it: see LayerSource::stored()
};

/// The tensors of the encoder. Our names, all with .weight and .bias unless said otherwise:
///   embeddings.{word,position,type} (.weight only), embeddings.norm, embeddings.projection,
///   relative_bias (.weight only), layers.<distinct layer>.attention.{query,key,value,output,norm},
///   layers.<distinct layer>.ffn.{up,down,norm}.
/// Matrices are [outputs, inputs] as in PyTorch.
std::vector<WeightSpec> encoder_weights(const EncoderConfig& config);

/// The tensors of a head: head.dense, head.norm (masked LM), head.out. None for embedding.
/// `discriminator`: ELECTRA's pre-training head, a token classifier with one label.
std::vector<WeightSpec> head_weights(const EncoderConfig& config, Head head,
                                     bool discriminator = false);

/// The activation between head.dense and what follows it; none when there is no head.dense.
Activation head_activation(const EncoderConfig& config, Head head, bool discriminator = false);

}  // namespace jnlp
