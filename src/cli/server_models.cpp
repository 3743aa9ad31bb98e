#include "cli/server_models.h"

#include <fmt/format.h>

#include <utility>

#include "backends/llama/llama_backend.h"
#include "base/thread_pool.h"
#include "cli/load_generator.h"
#include "cli/load_model.h"
#include "cli/load_summarizer.h"
#include "formats/weight_fingerprint.h"
#include "hub/local_models.h"

namespace jnlp {
namespace {

struct Loader {
  const ServerFlags& flags;
  CachedResults& cache;
  const Metrics& metrics;
  std::shared_ptr<ThreadPool> pool;
};

template <typename Task>
std::shared_ptr<TaskService<Task>> load_task(const Loader& loader, const std::string& task,
                                             const std::string& name, std::optional<Head> head) {
  LoadedModel model = load_model(name, loader.pool, loader.flags.engine, head);
  // Results depend on the weights and, in the last bits, on the arithmetic.
  const std::string digest =
      weight_fingerprint(open_model(name)) + " " + model.backend->description();
  return std::make_shared<TaskService<Task>>(ServedFacts{task, name, digest}, std::move(model),
                                             loader.flags.serve_options(), loader.cache,
                                             loader.metrics.queue(task));
}

std::shared_ptr<SummaryService> load_summaries(const Loader& loader, const std::string& name) {
  const SummaryFlags flags;
  auto service = std::make_shared<SummaryService>();
  service->facts = {"summarization", name, ""};
  service->summarizer =
      load_summarizer(plan_summarizer(flags, name), flags, loader.pool, loader.flags.engine);
  return service;
}

std::shared_ptr<ChatService> load_chat(const Loader& loader, const std::string& name) {
  LlamaOptions options;
  options.threads = loader.flags.threads;
  options.gpu_layers = GpuLayers::Kind::automatic;
  auto service = std::make_shared<ChatService>();
  service->facts = {"chat", name, ""};
  service->pool = load_llama_pool(find_gguf(name), options, loader.flags.chat_slots);
  return service;
}

const char* default_model(const std::string& task) {
  if (task == "embedding" || task == "summarization") return kBaseModel.data();
  return task == "chat" ? kDefaultGenerator : nullptr;
}

}  // namespace

std::vector<ModelToLoad> plan_server_models(const ServerFlags& flags, CachedResults& cache,
                                            const Metrics& metrics, ServerModels& models) {
  const Loader loader{flags, cache, metrics, std::make_shared<ThreadPool>(flags.threads)};
  std::vector<ModelToLoad> plan;
  const auto add = [&](auto& slot, auto load) {
    const std::string& task = slot.task();
    const auto named = flags.models.find(task);
    const bool required = named != flags.models.end();
    const char* usual = default_model(task);
    const std::string model = required ? named->second : usual != nullptr ? usual : task;
    if (model == "none") {
      slot.set_missing("this server was started without a model for it");
      return;
    }
    plan.push_back({task, model, required,
                    [loader, &slot, load, model] { slot.set(load(loader, model)); },
                    [&slot](const std::string& reason) { slot.set_missing(reason); }});
  };
  add(models.sentiment, [](const Loader& with, const std::string& name) {
    return load_task<TextClassifier>(with, "sentiment", name, Head::sequence_classification);
  });
  add(models.ner, [](const Loader& with, const std::string& name) {
    return load_task<TokenClassifier>(with, "ner", name, Head::token_classification);
  });
  add(models.qa, [](const Loader& with, const std::string& name) {
    return load_task<QuestionAnswerer>(with, "qa", name, Head::question_answering);
  });
  add(models.embedding, [](const Loader& with, const std::string& name) {
    return load_task<Embedder>(with, "embedding", name, Head::embedding);
  });
  add(models.summarization, load_summaries);
  add(models.chat, load_chat);
  return plan;
}

}  // namespace jnlp
