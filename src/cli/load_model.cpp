#include "cli/load_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/native/native_backend.h"
#include "backends/native/native_seq2seq.h"
#include "base/error.h"
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

// Models without position embeddings read texts of any length, but were trained on such.
constexpr int64_t kUsualSource = 512;

int64_t longest_source(const ModelDir& model, const Seq2SeqBackend& backend) {
  const int64_t limit = backend.max_source_length();
  if (limit > 0) return lower_limit(limit, model.tokenizer_config, "model_max_length");
  constexpr int64_t kNoLimit = 1'000'000;
  const int64_t said = lower_limit(kNoLimit, model.tokenizer_config, "model_max_length");
  return said < kNoLimit ? said : lower_limit(kUsualSource, model.config, "n_positions");
}

// What the model's files say of a task, for example {"prefix": "summarize: ", "num_beams": 4}.
Json task_params(const Json& config, std::string_view task) {
  const auto all = config.find("task_specific_params");
  if (all == config.end() || !all->is_object()) return Json::object();
  const auto found = all->find(task);
  return found == all->end() || !found->is_object() ? Json::object() : *found;
}

// As transformers' pipelines do, which know the prefix by config.json's own field as well.
std::string prefix_of(const Json& config, const Json& params) {
  for (const Json* fields : {&params, &config}) {
    const auto found = fields->find("prefix");
    if (found != fields->end() && found->is_string()) return found->get<std::string>();
  }
  return "";
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

LoadedSeq2Seq load_seq2seq(std::string_view name, std::string_view task,
                           std::shared_ptr<ThreadPool> pool, const EngineOptions& engine) {
  ModelDir model = open_model(name);
  if (!is_native_seq2seq(model)) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} is no model with an encoder and a decoder (T5, BART, Marian, "
                            "Pegasus), which this needs",
                            model.path.string()));
  }
  const Json params = task_params(model.config, task);
  LoadedSeq2Seq loaded;
  loaded.path = model.path;
  loaded.prefix = prefix_of(model.config, params);
  loaded.tokenizer =
      std::make_shared<const Tokenizer>(Tokenizer::from_directory(model.tokenizer_path));
  (model.generation_config.is_object() ? model.generation_config : model.config).update(params);
  loaded.backend = load_native_seq2seq(model, std::move(pool), engine);
  loaded.max_source_length = longest_source(model, *loaded.backend);
  return loaded;
}

LoadedModel load_model_without_tokenizer(std::string_view name, std::shared_ptr<ThreadPool> pool,
                                         const EngineOptions& engine, std::optional<Head> head) {
  return load_backend(open_model(name), std::move(pool), engine, head);
}

}  // namespace jnlp
