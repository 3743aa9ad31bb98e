#include "served_models.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tasks/lead_summarizer.h"

namespace jnlp::fuzz {
namespace {

// Numbers between -4 and 4 that look arbitrary.
float made_up(int64_t id, int64_t place, int64_t column) {
  const auto bits = static_cast<uint32_t>((id * 31 + place) * 7 + column) * 2654435761U;
  return static_cast<float>(bits >> 24) / 32 - 4;
}

class MadeUpBackend : public Backend {
 public:
  MadeUpBackend(Head head, int64_t columns) : head_(head), columns_(columns) {}

  Head head() const override { return head_; }
  int64_t output_size() const override { return columns_; }
  int64_t max_sequence_length() const override { return 64; }
  std::string description() const override { return "made up"; }

  Output run(const Batch& batch) override {
    Output output{.rows = 0, .columns = columns_, .values = {}};
    const bool each_token =
        head_ == Head::token_classification || head_ == Head::question_answering;
    for (size_t i = 0; i + 1 < batch.cu_seqlens.size(); ++i) {
      const int32_t begin = batch.cu_seqlens[i];
      int64_t sum = 0;
      for (int32_t t = begin; t < batch.cu_seqlens[i + 1]; ++t) {
        const int32_t id = batch.token_ids[static_cast<size_t>(t)];
        sum += id;
        if (each_token) add_row(id, t - begin, &output);
      }
      if (!each_token) add_row(sum, 0, &output);
    }
    return output;
  }

 private:
  void add_row(int64_t id, int64_t place, Output* output) const {
    ++output->rows;
    for (int64_t c = 0; c < columns_; ++c) output->values.push_back(made_up(id, place, c));
  }

  const Head head_;
  const int64_t columns_;
};

std::string vocabulary() {
  std::string words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  for (char c = '!'; c <= '~'; ++c) {
    if (c < 'A' || c > 'Z') words += std::string(1, c) + "\n##" + c + "\n";
  }
  return words + "é\n世\nthe\nlives\n##ing\n";
}

std::shared_ptr<const Tokenizer> letters() {
  const std::filesystem::path file = std::filesystem::temp_directory_path() /
                                     ("jnlp-fuzz-" + std::to_string(::getpid()) + ".vocab.txt");
  std::ofstream(file) << vocabulary();
  auto tokenizer = std::make_shared<const Tokenizer>(Tokenizer::from_file(file));
  std::filesystem::remove(file);
  return tokenizer;
}

template <typename Task>
void put(Head head, Json labels, int64_t columns, CachedResults& cache,
         ModelSlot<TaskService<Task>>* slot) {
  static const std::shared_ptr<const Tokenizer> tokenizer = letters();
  Json config = Json::object();
  if (!labels.empty()) config["id2label"] = std::move(labels);
  LoadedModel model{tokenizer, std::make_shared<MadeUpBackend>(head, columns), std::move(config),
                    "made-up", 64};
  slot->set(std::make_shared<TaskService<Task>>(ServedFacts{slot->task(), "made-up", "digest"},
                                                std::move(model), ServeOptions{}, cache,
                                                std::make_shared<QueueMetrics>()));
}

}  // namespace

const ServerModels& served_models() {
  // Never freed: libFuzzer ends the program from anywhere.
  static ServerModels* const models = [] {
    auto* made = new ServerModels;
    auto* cache = new CachedResults(0);
    put(Head::sequence_classification, {{"0", "NEGATIVE"}, {"1", "POSITIVE"}}, 2, *cache,
        &made->sentiment);
    put(Head::token_classification,
        {{"0", "O"}, {"1", "B-PER"}, {"2", "I-PER"}, {"3", "B-LOC"}, {"4", "I-LOC"}}, 5, *cache,
        &made->ner);
    put(Head::question_answering, Json(), 2, *cache, &made->qa);
    put(Head::embedding, Json(), 4, *cache, &made->embedding);
    made->summarization.set(std::make_shared<WrittenSummaries>(
        ServedFacts{"summarization", "made-up", "digest"}, std::make_unique<LeadSummarizer>(),
        TurnOptions{}, *cache, std::make_shared<QueueMetrics>()));
    return made;
  }();
  return *models;
}

}  // namespace jnlp::fuzz
