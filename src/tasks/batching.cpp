#include "tasks/batching.h"

#include <algorithm>

namespace jnlp {
namespace {

// The part of the batch's output that belongs to its sequences, one piece each.
void split_output(const Output& output, const Batch& batch, bool per_sequence,
                  std::vector<Output>* pieces) {
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    const int64_t first = per_sequence ? i : batch.cu_seqlens[i];
    const int64_t last = per_sequence ? i + 1 : batch.cu_seqlens[i + 1];
    Output piece{.rows = last - first, .columns = output.columns, .values = {}};
    piece.values.assign(output.values.begin() + first * output.columns,
                        output.values.begin() + last * output.columns);
    pieces->push_back(std::move(piece));
  }
}

}  // namespace

std::vector<Output> run_encodings(Backend& backend, std::span<const Encoding> encodings,
                                  const BatchLimits& limits) {
  const bool per_sequence =
      backend.head() == Head::sequence_classification || backend.head() == Head::embedding;
  std::vector<Output> outputs;
  outputs.reserve(encodings.size());
  Batch batch;
  const auto flush = [&] {
    if (batch.sequences() == 0) return;
    split_output(backend.run(batch), batch, per_sequence, &outputs);
    batch = Batch();
  };
  for (const Encoding& encoding : encodings) {
    const auto tokens = static_cast<int64_t>(encoding.size());
    if (batch.sequences() >= std::max<int64_t>(limits.max_sequences, 1) ||
        batch.tokens() + tokens > limits.max_tokens) {
      flush();
    }
    batch.add(encoding.ids, encoding.type_ids);
  }
  flush();
  return outputs;
}

}  // namespace jnlp
