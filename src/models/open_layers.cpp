#include "models/open_layers.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/architecture.h"
#include "models/checkpoint_source.h"
#include "models/head_layers.h"
#include "models/prepared_source.h"

namespace jnlp {
namespace {

bool serves(const PreparedFacts& facts, std::optional<Head> head, const EngineOptions& options) {
  return (!head || *head == facts.head) &&
         (!options.weights || options.weights == facts.options.weights) &&
         (!options.keep_f32 || options.keep_f32 == facts.options.keep_f32);
}

[[noreturn]] void fail_without_weights(const ModelDir& model, const PreparedFacts& facts) {
  throw Error(ErrorCode::not_found,
              fmt::format("{} is prepared for {} and the head {}, and has no model.safetensors to "
                          "make anything else of; run it as it is, or take the model that it was "
                          "prepared from",
                          model.path.string(), to_string(facts.options.weight_type()),
                          to_string(facts.head)));
}

}  // namespace

Head head_of(const ModelDir& model) {
  const auto names = model.config.find("architectures");
  if (names == model.config.end() || !names->is_array() || names->empty()) return Head::embedding;
  const auto& name = names->front();
  if (name == "ElectraForPreTraining") return Head::token_classification;
  return head_of_config(name.is_string() ? name.get<std::string>() : "");
}

OpenedLayers open_layers(const ModelDir& model, const EncoderConfig& config,
                         std::optional<Head> head, const EngineOptions& options, const Exec& exec) {
  if (model.prepared_file) {
    PreparedFile file(*model.prepared_file);
    const PreparedFacts facts = file.facts();
    if (serves(facts, head, options)) {
      file.check_belongs_to(model);
      auto source = std::make_unique<PreparedSource>(std::move(file),
                                                     model_weights(config, model, facts.head));
      return {std::move(source), facts.head, facts.options, true};
    }
    if (model.weight_files.empty()) fail_without_weights(model, facts);
  }
  const Head chosen = head.value_or(head_of(model));
  auto source = std::make_unique<CheckpointSource>(model, model_weights(config, model, chosen),
                                                   adaptable_weights(config), exec);
  return {std::move(source), chosen, options.completed_by(model.config), false};
}

}  // namespace jnlp
