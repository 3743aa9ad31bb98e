#include "cli/evaluate_chat.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "backends/llama/llama_backend.h"
#include "base/error.h"
#include "cli/load_generator.h"
#include "cli/load_twice.h"
#include "evaluate/chat_evaluation.h"
#include "evaluate/faq_evaluation.h"
#include "tasks/conversation.h"
#include "tasks/faq_writer.h"

namespace jnlp {
namespace {

std::unique_ptr<TextGenerator> load_language_model(const std::string& name, int threads) {
  if (!has_llama()) return load_llama({});  // says what to do
  LlamaOptions options;
  options.threads = threads;
  return load_llama(find_gguf(name), options);
}

// Of a model that has forgotten all before, so that the order of the questions does not matter.
ChatReply respond(const std::shared_ptr<TextGenerator>& model, const std::string& system,
                  const GenerateOptions& options, const ChatExample& example) {
  model->forget();
  Conversation conversation(model, system);
  ChatReply reply;
  for (const std::string& turn : example.turns) {
    Generation answer = conversation.answer(turn, options);
    reply.tokens += answer.stats.prompt_tokens - answer.stats.reused_tokens;
    reply.tokens += answer.stats.generated_tokens;
    reply.turns.push_back(answer.stats);
    reply.finish_reason = answer.finish_reason;
    reply.text = std::move(answer.text);
  }
  return reply;
}

void run_language_model(const std::vector<ChatExample>& examples, const std::string& name,
                        const ChatTaskFlags& flags, int threads, const EvaluateOptions& options,
                        TaskReport* report) {
  const std::shared_ptr<TextGenerator> model =
      load_twice([&] { return load_language_model(name, threads); }, &report->load);
  report->model_path = find_gguf(name).string();
  report->engine = model->description();
  GenerateOptions generate;
  generate.max_tokens = flags.max_tokens;
  evaluate_chat(
      examples,
      [&](const ChatExample& example) { return respond(model, flags.system, generate, example); },
      options, report);
  report->details["max_tokens"] = flags.max_tokens;
  report->details["system"] = flags.system;
}

// "faq.jsonl#warranty": a file by its name, for data must not depend on where it lies.
std::string label(const FaqAnswerer& faq, const PassageMatch& match) {
  return fmt::format("{}#{}", faq.document(match).path.filename().string(),
                     faq.passage(match).name);
}

FaqReply respond(FaqAnswerer* faq, const std::string& question) {
  FaqAnswer answer = faq->answer(question);
  FaqReply reply;
  reply.found = answer.kind != FaqAnswerKind::none;
  reply.text = std::move(answer.text);
  reply.kind = to_string(answer.kind);
  for (const PassageMatch& match : answer.matches) reply.sources.push_back(label(*faq, match));
  reply.similarity = answer.matches.front().similarity;
  if (answer.generation) reply.generation = answer.generation->stats;
  reply.tokens = answer.tokens;
  return reply;
}

std::unique_ptr<FaqReader> load_writer(const std::string& name, const ChatTaskFlags& flags,
                                       int threads) {
  if (flags.faq.answer_by != FaqAnswerBy::llm) return nullptr;
  GenerateOptions generate;
  generate.max_tokens = flags.max_tokens;
  return std::make_unique<FaqWriter>(load_language_model(name, threads), generate, flags.system);
}

void run_documents(const std::vector<ChatExample>& examples, const std::string& name,
                   const ChatTaskFlags& flags, const std::shared_ptr<ThreadPool>& pool,
                   const EngineOptions& engine, const EvaluateOptions& options,
                   TaskReport* report) {
  FaqAnswerer faq = load_twice(
      [&] { return load_faq(flags.faq, load_writer(name, flags, pool->size()), pool, engine); },
      &report->load);
  report->model_name = flags.faq.embedding_model + " + " +
                       (flags.needs_language_model() ? name : flags.faq.qa_model);
  report->engine = faq.description();
  evaluate_faq(
      examples, [&](const std::string& question) { return respond(&faq, question); }, options,
      report);
  OrderedJson& details = report->details;
  details["documents"] = faq.documents().documents.size();
  details["passages"] = faq.documents().passages.size();
  details["sources"] = faq.options().sources;
  details["min_score"] = faq.options().min_score;
  report->notes.emplace_back("loading includes reading and embedding the documents");
}

}  // namespace

std::string chat_obstacle(const std::string& name) {
  try {
    if (!has_llama()) load_llama({});
    find_gguf(name);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void run_chat_task(const std::vector<ChatExample>& examples, const std::string& model,
                   const ChatTaskFlags& flags, const std::shared_ptr<ThreadPool>& pool,
                   const EngineOptions& engine, const EvaluateOptions& options,
                   TaskReport* report) {
  if (flags.answers_from_documents()) {
    run_documents(examples, model, flags, pool, engine, options, report);
  } else {
    run_language_model(examples, model, flags, pool->size(), options, report);
  }
}

}  // namespace jnlp
