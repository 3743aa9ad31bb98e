#pragma once

#include <vector>

#include "models/seq2seq_config.h"
#include "models/weight_map.h"

namespace jnlp {

/// The tensors of a model with encoder and decoder. Our names, all with .weight and, where the
/// architecture has them, .bias:
///   embeddings.word (.weight only), lm_head;
///   <side>.position, <side>.relative_bias (both .weight only), <side>.embedding_norm, <side>.norm,
///   <side>.layers.<i>.attention.{query,key,value,output,norm},
///   <side>.layers.<i>.cross.{query,key,value,output,norm} (decoder only),
///   <side>.layers.<i>.ffn.{gate,up,down,norm} (gate only in gated nets),
/// where <side> is encoder or decoder.
std::vector<WeightSpec> seq2seq_weights(const Seq2SeqConfig& config);

}  // namespace jnlp
