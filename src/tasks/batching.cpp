#include "tasks/batching.h"

#include <algorithm>
#include <utility>

namespace jnlp {
namespace {

// The part of the batch's output that belongs to one of its sequences.
Output piece_of(const Output& output, const Batch& batch, int64_t sequence, bool per_sequence) {
  const int64_t first = per_sequence ? sequence : batch.cu_seqlens[sequence];
  const int64_t last = per_sequence ? sequence + 1 : batch.cu_seqlens[sequence + 1];
  Output piece{.rows = last - first, .columns = output.columns, .values = {}};
  piece.values.assign(output.values.begin() + first * output.columns,
                      output.values.begin() + last * output.columns);
  return piece;
}

}  // namespace

BatchRunner::BatchRunner(Backend& backend, const BatchLimits& limits,
                         std::function<void(Output)> take)
    : backend_(backend), limits_(limits), take_(std::move(take)) {}

void BatchRunner::add(const Encoding& encoding) {
  const auto tokens = static_cast<int64_t>(encoding.size());
  if (batch_.sequences() >= std::max<int64_t>(limits_.max_sequences, 1) ||
      batch_.tokens() + tokens > limits_.max_tokens) {
    finish();
  }
  batch_.add(encoding.ids, encoding.type_ids);
}

void BatchRunner::finish() {
  if (batch_.sequences() == 0) return;
  const Batch batch = std::exchange(batch_, Batch());
  const Output output = backend_.run(batch);
  const bool per_sequence =
      backend_.head() == Head::sequence_classification || backend_.head() == Head::embedding;
  for (int64_t i = 0; i < batch.sequences(); ++i) take_(piece_of(output, batch, i, per_sequence));
}

std::vector<Output> run_encodings(Backend& backend, std::span<const Encoding> encodings,
                                  const BatchLimits& limits) {
  std::vector<Output> outputs;
  outputs.reserve(encodings.size());
  BatchRunner runner(backend, limits, [&](Output output) { outputs.push_back(std::move(output)); });
  for (const Encoding& encoding : encodings) runner.add(encoding);
  runner.finish();
  return outputs;
}

}  // namespace jnlp
