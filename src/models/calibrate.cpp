#include "models/calibrate.h"

#include <fmt/format.h>

#include "base/error.h"
#include "kernels/dispatch.h"
#include "models/activation_ranges.h"
#include "models/encoder_model.h"

namespace jnlp {

void calibrate(const ModelDir& model, std::shared_ptr<ThreadPool> pool,
               const CalibrationInput& input, const std::filesystem::path& path) {
  EncoderModel encoder(model, std::move(pool), input.head, best_kernels(),
                       {.weights = WeightType::f32});
  ActivationRecorder recorder(encoder.encoder());
  int64_t sequences = 0;
  int64_t tokens = 0;
  while (const std::optional<Batch> batch = input.next()) {
    encoder.observe(*batch, &recorder);
    sequences += batch->sequences();
    tokens += batch->tokens();
  }
  if (sequences == 0) {
    throw Error(ErrorCode::invalid_input, "there are no texts to calibrate with; give some");
  }
  auto metadata = input.notes;
  metadata["sequences"] = fmt::format("{}", sequences);
  metadata["tokens"] = fmt::format("{}", tokens);
  write_activation_ranges(path, recorder.ranges(), metadata);
}

}  // namespace jnlp
