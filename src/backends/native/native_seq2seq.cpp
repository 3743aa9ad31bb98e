#include "backends/native/native_seq2seq.h"

#include <fmt/format.h>

#include <utility>

#include "kernels/dispatch.h"
#include "models/seq2seq_architecture.h"
#include "models/seq2seq_model.h"

namespace jnlp {
namespace {

class NativeSeq2Seq : public Seq2SeqBackend {
 public:
  NativeSeq2Seq(const ModelDir& model, std::shared_ptr<ThreadPool> pool,
                const EngineOptions& options)
      : model_(model, std::move(pool), best_kernels(), options) {}

  const Seq2SeqOptions& default_options() const override { return model_.default_options(); }
  int64_t max_source_length() const override { return model_.config().max_positions; }
  int64_t vocab_size() const override { return model_.config().vocab_size; }
  std::string description() const override {
    return fmt::format("native {} {}, {} thread{}", to_string(model_.options().weight_type()),
                       model_.kernels().name, model_.threads(), model_.threads() == 1 ? "" : "s");
  }
  std::vector<std::vector<GeneratedSequence>> generate(const Batch& sources,
                                                       const Seq2SeqOptions& options) override {
    return model_.generate(sources, options);
  }

 private:
  Seq2SeqModel model_;
};

}  // namespace

bool is_native_seq2seq(const ModelDir& model) {
  const auto type = model.config.find("model_type");
  return type != model.config.end() && type->is_string() && is_seq2seq(type->get<std::string>());
}

std::unique_ptr<Seq2SeqBackend> load_native_seq2seq(const ModelDir& model,
                                                    std::shared_ptr<ThreadPool> pool,
                                                    const EngineOptions& options) {
  return std::make_unique<NativeSeq2Seq>(model, std::move(pool), options);
}

}  // namespace jnlp
