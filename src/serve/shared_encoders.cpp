#include "serve/shared_encoders.h"

namespace jnlp {

LoadedModel SharedEncoders::get(const std::string& key, const Load& load) {
  std::erase_if(entries_, [](const auto& entry) { return entry.second.backend.expired(); });
  Entry& entry = entries_[key];
  LoadedModel model = entry.model;
  model.backend = entry.backend.lock();
  model.tokenizer = entry.tokenizer.lock();
  if (model.backend != nullptr && model.tokenizer != nullptr) return model;
  model = load();
  entry = {model, model.backend, model.tokenizer};
  entry.model.backend.reset();
  entry.model.tokenizer.reset();
  return model;
}

}  // namespace jnlp
