#include "cli/load_summarizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "backends/native/native_seq2seq.h"
#include "base/error.h"
#include "cli/load_generator.h"
#include "cli/load_model.h"
#include "hub/hub.h"
#include "hub/local_models.h"
#include "models/open_layers.h"
#include "tasks/extractive_summarizer.h"
#include "tasks/lead_summarizer.h"
#include "tasks/seq2seq_writer.h"
#include "tasks/written_summarizer.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

bool is_gguf(const fs::path& model) {
  if (!fs::is_directory(model)) return model.extension() == ".gguf";
  if (fs::exists(model / "config.json")) return false;
  return std::any_of(fs::directory_iterator(model), fs::directory_iterator(),
                     [](const auto& entry) { return entry.path().extension() == ".gguf"; });
}

SummaryMethod method_for(const fs::path& model) {
  if (is_gguf(model)) return SummaryMethod::llm;
  const bool seq2seq = is_native_seq2seq(open_model(model.string()));
  return seq2seq ? SummaryMethod::seq2seq : SummaryMethod::extractive;
}

std::unique_ptr<SummaryWriter> load_seq2seq_writer(const std::string& path,
                                                   const SummaryFlags& flags,
                                                   std::shared_ptr<ThreadPool> pool,
                                                   const EngineOptions& engine) {
  LoadedSeq2Seq model = load_seq2seq(path, "summarization", std::move(pool), engine);
  Seq2SeqOptions options =
      seq2seq_options(flags, model.backend->default_options(), model.backend->max_source_length());
  return std::make_unique<Seq2SeqWriter>(std::move(model), std::move(options));
}

std::unique_ptr<SummaryWriter> load_chat_writer(const std::string& path, const SummaryFlags& flags,
                                                int threads) {
  LlamaOptions options;
  options.context_size = flags.context_size;
  options.threads = threads;
  return std::make_unique<ChatWriter>(load_llama(path, options), chat_summary_options(flags));
}

}  // namespace

std::string default_summary_model(SummaryMethod method) {
  switch (method) {
    case SummaryMethod::automatic:
    case SummaryMethod::extractive:
      return std::string(kBaseModel);
    case SummaryMethod::llm:
      return kDefaultGenerator;
    case SummaryMethod::lead:
    case SummaryMethod::seq2seq:
      break;
  }
  return "";
}

SummarizerPlan plan_summarizer(const SummaryFlags& flags, const std::string& model) {
  if (flags.method == SummaryMethod::lead) return {SummaryMethod::lead, ""};
  const std::string name = model.empty() ? default_summary_model(flags.method) : model;
  if (name.empty()) {
    throw Error(ErrorCode::invalid_input,
                "the method seq2seq has no default model: name a directory of T5, BART, Marian or "
                "Pegasus with --model");
  }
  if (flags.method == SummaryMethod::llm) return {SummaryMethod::llm, find_gguf(name).string()};
  const fs::path path = resolve_model(name);
  const SummaryMethod method =
      flags.method == SummaryMethod::automatic ? method_for(path) : flags.method;
  return {method, (method == SummaryMethod::llm ? find_gguf(path.string()) : path).string()};
}

void check_summary_encoder(const ModelDir& model) {
  const Head head = head_of(model);
  if (head == Head::embedding || head == Head::masked_lm) return;
  throw Error(ErrorCode::unsupported,
              fmt::format("{} was trained for another task, {}; extractive summaries need an "
                          "encoder for sentences, such as {}",
                          model.path.string(), to_string(head), kBaseModel));
}

std::unique_ptr<Summarizer> load_summarizer(const SummarizerPlan& plan, const SummaryFlags& flags,
                                            std::shared_ptr<ThreadPool> pool,
                                            const EngineOptions& engine) {
  if (const std::string fault = flags_misfit(flags, plan.method); !fault.empty()) {
    throw Error(ErrorCode::invalid_input, fault);
  }
  std::unique_ptr<SummaryWriter> writer;
  switch (plan.method) {
    case SummaryMethod::automatic:
      throw Error(ErrorCode::internal, "the method of the summaries is not settled");
    case SummaryMethod::lead:
      return std::make_unique<LeadSummarizer>();
    case SummaryMethod::extractive:
      check_summary_encoder(open_model(plan.model));
      return std::make_unique<ExtractiveSummarizer>(
          load_model(plan.model, std::move(pool), engine, Head::embedding), flags.weights);
    case SummaryMethod::seq2seq:
      writer = load_seq2seq_writer(plan.model, flags, std::move(pool), engine);
      break;
    case SummaryMethod::llm:
      writer = load_chat_writer(plan.model, flags, pool->size());
      break;
  }
  return std::make_unique<WrittenSummarizer>(std::move(writer), flags.section_length);
}

}  // namespace jnlp
