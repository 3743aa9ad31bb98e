#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "tasks/model.h"

namespace jnlp {

/// The encoders that a server has loaded, so that tasks of the same model have it in memory once.
/// It is freed with the last of them. For one thread at a time.
class SharedEncoders {
 public:
  using Load = std::function<LoadedModel()>;

  /// What was loaded under this key and is still used, else what `load` gives. Its backend must
  /// bear several threads, as the native engine's does: they take turns.
  /// @throws Error what `load` throws.
  LoadedModel get(const std::string& key, const Load& load);

 private:
  struct Entry {
    LoadedModel model;  // without the two that take memory
    std::weak_ptr<Backend> backend;
    std::weak_ptr<const Tokenizer> tokenizer;
  };

  std::map<std::string, Entry> entries_;
};

}  // namespace jnlp
