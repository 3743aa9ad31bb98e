#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backends/backend.h"
#include "kernels/activation.h"

namespace jnlp {

/// Our name of a module and its name in checkpoints, which may hold {layer}, or {group} and {inner}
/// where layers are shared.
struct ModuleName {
  std::string_view ours;
  std::string_view checkpoint;
};

/// How the layers behind the encoder are called. An empty name means that the part does not exist.
/// A name that starts with the architecture's prefix belongs to the encoder's module.
struct HeadNames {
  std::string_view classifier_dense;  ///< on the first token, before `classifier_out`
  Activation classifier_activation;
  std::string_view classifier_out;
  std::string_view token_out;
  std::string_view qa_out;
  std::string_view lm_dense;
  std::optional<Activation> lm_activation;  ///< nothing: the encoder's own
  std::string_view lm_norm;
  std::string_view lm_decoder;
  std::string_view lm_bias;  ///< module whose `.bias` is the decoder's where they are tied
};

/// All that differs between architectures in names and conventions.
struct Architecture {
  std::string_view model_type;
  std::string_view prefix;  ///< of encoder modules in checkpoints that have a head, "bert."
  std::span<const ModuleName> modules;
  HeadNames heads;
  bool positions_after_padding;  ///< positions count from pad_token_id + 1 (RoBERTa and MPNet)
  int64_t default_type_vocab;    ///< when config.json does not say; 0: ignores type ids
  std::string_view default_activation;
};

/// The architecture with this model_type. @throws Error unsupported, listing those that are known.
const Architecture& find_architecture(std::string_view model_type);

/// The head that config.json's `architectures` names ("BertForTokenClassification"), embedding for
/// a bare encoder. @throws Error unsupported for a head that we do not have.
Head head_of_config(std::string_view architecture_name);

}  // namespace jnlp
