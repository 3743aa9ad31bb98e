#pragma once

#include <span>
#include <string_view>

#include "models/architecture.h"

namespace jnlp {

/// Whose config.json an architecture's is written like.
enum class Seq2SeqFamily { t5, bart };

/// Names of an architecture with encoder and decoder; in both names of a module {layer} may stand.
struct Seq2SeqArchitecture {
  std::string_view model_type;
  Seq2SeqFamily family;
  std::string_view prefix;  ///< of all modules in checkpoints, "model."; a file may lack it
  std::span<const ModuleName> modules;
};

/// The architecture with this model_type. @throws Error unsupported, listing those that are known.
const Seq2SeqArchitecture& find_seq2seq_architecture(std::string_view model_type);

/// True for a model_type that find_seq2seq_architecture knows.
bool is_seq2seq(std::string_view model_type);

}  // namespace jnlp
