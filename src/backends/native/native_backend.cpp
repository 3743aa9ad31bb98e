#include "backends/native/native_backend.h"

#include <fmt/format.h>

#include <utility>

#include "kernels/dispatch.h"
#include "models/encoder_model.h"

namespace jnlp {
namespace {

class NativeBackend : public Backend {
 public:
  NativeBackend(const ModelDir& model, std::shared_ptr<ThreadPool> pool, std::optional<Head> head,
                const EngineOptions& options)
      : model_(model, std::move(pool), head, best_kernels(), options) {}

  Head head() const override { return model_.head(); }
  int64_t output_size() const override { return model_.output_size(); }
  int64_t max_sequence_length() const override { return model_.config().max_sequence_length(); }
  std::string description() const override {
    return fmt::format("native {}{} {}, {} thread{}", model_.prepared() ? "prepared " : "",
                       to_string(model_.options().weight_type()), model_.kernels().name,
                       model_.threads(), model_.threads() == 1 ? "" : "s");
  }
  Output run(const Batch& batch) override { return model_.run(batch); }

 private:
  EncoderModel model_;
};

}  // namespace

std::unique_ptr<Backend> load_native_backend(const ModelDir& model,
                                             std::shared_ptr<ThreadPool> pool,
                                             std::optional<Head> head,
                                             const EngineOptions& options) {
  return std::make_unique<NativeBackend>(model, std::move(pool), head, options);
}

}  // namespace jnlp
