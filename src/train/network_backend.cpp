#include "train/network_backend.h"

#include "base/error.h"
#include "train/task_names.h"

namespace jnlp {

Head NetworkBackend::head() const {
  return head_of(task_);
}

Output NetworkBackend::run(const Batch& batch) {
  std::vector<TrainExample> examples;
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    const auto begin = batch.cu_seqlens[static_cast<size_t>(i)];
    const auto end = batch.cu_seqlens[static_cast<size_t>(i) + 1];
    if (begin == end || end - begin > max_sequence_length()) {
      throw Error(ErrorCode::invalid_input, "a sequence is empty or too long for the model");
    }
    TrainExample example;
    example.ids.assign(batch.token_ids.begin() + begin, batch.token_ids.begin() + end);
    example.types.assign(batch.type_ids.begin() + begin, batch.type_ids.begin() + end);
    if (task_ == TrainTask::classification) example.labels = {0};
    if (task_ == TrainTask::qa) example.labels = {0, 0};
    examples.push_back(std::move(example));
  }
  Output output;
  output.columns = output_size_;
  output.rows = head() == Head::sequence_classification ? batch.sequences() : batch.tokens();
  for (const Logits& logits : workers_.predict(examples)) {
    output.values.insert(output.values.end(), logits.begin(), logits.end());
  }
  return output;
}

}  // namespace jnlp
