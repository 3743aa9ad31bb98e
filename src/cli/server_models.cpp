#include "cli/server_models.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "backends/llama/llama_backend.h"
#include "base/thread_pool.h"
#include "cli/load_generator.h"
#include "cli/load_model.h"
#include "cli/load_summarizer.h"
#include "cli/model_digest.h"
#include "cli/model_memory.h"
#include "hub/local_models.h"
#include "serve/shared_encoders.h"

namespace jnlp {
namespace {

struct Loader {
  const ServerFlags& flags;
  CachedResults& cache;
  const Metrics& metrics;
  const MemoryBudget& budget;
  std::shared_ptr<ThreadPool> pool;
  std::shared_ptr<SharedEncoders> encoders;

  void check_fits(const std::string& name, const ModelDir& model) const {
    budget.check(name, estimated_memory(model, flags.engine));
  }
  void check_fits(const std::string& name, const std::filesystem::path& gguf) const {
    budget.check(name, static_cast<int64_t>(std::filesystem::file_size(gguf)));
  }
  // An encoder that another task has already needs no more memory.
  LoadedModel encoder(const std::string& name, const ModelDir& files, const std::string& digest,
                      Head head, const SharedEncoders::Load& load) const {
    return encoders->get(fmt::format("{} {}", digest, to_string(head)), [&] {
      check_fits(name, files);
      return load();
    });
  }
};

template <typename Task>
std::shared_ptr<TaskService<Task>> load_task(const Loader& loader, const std::string& task,
                                             const std::string& name, Head head) {
  const ModelDir files = open_model(name);
  const std::string digest = model_digest(files);
  LoadedModel model = loader.encoder(name, files, digest, head, [&] {
    return load_model(name, loader.pool, loader.flags.engine, head);
  });
  // Results depend on the model and, in the last bits, on the arithmetic.
  ServedFacts facts{task, name, digest + " " + model.backend->description()};
  return std::make_shared<TaskService<Task>>(std::move(facts), std::move(model),
                                             loader.flags.serve_options(), loader.cache,
                                             loader.metrics.queue(task));
}

// Extractive summaries are a task of an encoder like others; who writes them takes turns.
std::shared_ptr<SummaryService> load_summaries(const Loader& loader, const std::string& name) {
  const char* task = "summarization";
  const SummaryFlags flags;
  const SummarizerPlan plan = plan_summarizer(flags, name);
  const ServeOptions options = loader.flags.serve_options();
  if (plan.method == SummaryMethod::extractive) {
    const ModelDir files = open_model(plan.model);
    check_summary_encoder(files);
    const std::string digest = model_digest(files);
    LoadedModel model = loader.encoder(name, files, digest, Head::embedding, [&] {
      return load_model(plan.model, loader.pool, loader.flags.engine, Head::embedding);
    });
    ServedFacts facts{task, name, digest + " " + model.backend->description()};
    return std::make_shared<ChosenSummaries>(std::move(facts), std::move(model), options,
                                             loader.cache, loader.metrics.queue(task));
  }
  std::string digest;
  if (plan.method == SummaryMethod::llm) {
    loader.check_fits(name, std::filesystem::path(plan.model));
    digest = file_digest(plan.model);
  } else {
    const ModelDir files = open_model(plan.model);
    loader.check_fits(name, files);
    digest = model_digest(files);
  }
  std::unique_ptr<Summarizer> summarizer =
      load_summarizer(plan, flags, loader.pool, loader.flags.engine);
  ServedFacts facts{task, name, digest + " " + summarizer->description()};
  return std::make_shared<WrittenSummaries>(std::move(facts), std::move(summarizer),
                                            TurnOptions{.admission = options.admission},
                                            loader.cache, loader.metrics.queue(task));
}

std::shared_ptr<ChatService> load_chat(const Loader& loader, const std::string& name) {
  LlamaOptions options;
  options.threads = loader.flags.threads;
  options.gpu_layers = GpuLayers::Kind::automatic;
  auto service = std::make_shared<ChatService>();
  service->facts = {"chat", name, ""};
  const std::filesystem::path file = find_gguf(name);
  loader.check_fits(name, file);
  service->pool = load_llama_pool(file, options, loader.flags.chat_slots);
  return service;
}

const char* default_served_model(const std::string& task) {
  if (task == "embedding" || task == "summarization") return kBaseModel.data();
  return task == "chat" ? kDefaultGenerator : nullptr;
}

}  // namespace

std::vector<ModelToLoad> plan_server_models(const ServerFlags& flags, CachedResults& cache,
                                            const Metrics& metrics, const MemoryBudget& budget,
                                            ServerModels& models) {
  const Loader loader{flags,
                      cache,
                      metrics,
                      budget,
                      std::make_shared<ThreadPool>(flags.threads),
                      std::make_shared<SharedEncoders>()};
  std::vector<ModelToLoad> plan;
  const auto add = [&](auto& slot, auto load) {
    const std::string& task = slot.task();
    const auto named = flags.models.find(task);
    const bool required = named != flags.models.end();
    const char* usual = default_served_model(task);
    const std::string model = required ? named->second : usual != nullptr ? usual : task;
    plan.push_back({task, model, required,
                    [loader, &slot, load](const std::string& name) {
                      slot.set(load(loader, name));
                      release_freed_memory();
                    },
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
