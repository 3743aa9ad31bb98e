#include "cli/load_model.h"

#include <algorithm>

#include "backends/native/native_backend.h"
#include "base/file.h"
#include "hub/hub.h"

namespace jnlp {
namespace {

// Some tokenizers say 1e30 for "no limit"; what does not fit below the backend's limit is ignored.
int64_t lower_limit(int64_t limit, const Json& config, const char* key) {
  if (!config.is_object()) return limit;
  const auto found = config.find(key);
  if (found == config.end() || !found->is_number()) return limit;
  const auto value = found->get<double>();
  if (value < 1 || value >= static_cast<double>(limit)) return limit;
  return static_cast<int64_t>(value);
}

int64_t longest_sequence(const ModelDir& model, const Backend& backend) {
  int64_t limit =
      lower_limit(backend.max_sequence_length(), model.tokenizer_config, "model_max_length");
  const std::filesystem::path sentence_config = model.path / "sentence_bert_config.json";
  if (backend.head() == Head::embedding && std::filesystem::exists(sentence_config)) {
    limit = lower_limit(limit, read_json_file(sentence_config), "max_seq_length");
  }
  return limit;
}

LoadedModel load_backend(const ModelDir& model, std::shared_ptr<ThreadPool> pool,
                         const EngineOptions& engine, std::optional<Head> head) {
  LoadedModel loaded;
  loaded.path = model.path;
  loaded.config = model.config;
  loaded.backend = load_native_backend(model, std::move(pool), head, engine);
  loaded.max_length = longest_sequence(model, *loaded.backend);
  return loaded;
}

}  // namespace

ModelDir open_model(std::string_view name) {
  return ModelDir::open(resolve_model(name),
                        [](std::string_view base) { return resolve_model(base); });
}

LoadedModel load_model(std::string_view name, std::shared_ptr<ThreadPool> pool,
                       const EngineOptions& engine, std::optional<Head> head) {
  const ModelDir model = open_model(name);
  // Before the weights: what is wrong with a tokenizer shows sooner.
  auto tokenizer =
      std::make_shared<const Tokenizer>(Tokenizer::from_directory(model.tokenizer_path));
  LoadedModel loaded = load_backend(model, std::move(pool), engine, head);
  loaded.tokenizer = std::move(tokenizer);
  return loaded;
}

LoadedModel load_model_without_tokenizer(std::string_view name, std::shared_ptr<ThreadPool> pool,
                                         const EngineOptions& engine, std::optional<Head> head) {
  return load_backend(open_model(name), std::move(pool), engine, head);
}

}  // namespace jnlp
