#include "tasks/batching.h"

#include <algorithm>
#include <utility>

namespace jnlp {
namespace {

Output rows_of(const Output& output, int64_t first, int64_t rows) {
  Output piece{.rows = rows, .columns = output.columns, .values = {}};
  piece.values.assign(output.values.begin() + first * output.columns,
                      output.values.begin() + (first + rows) * output.columns);
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
  const bool per_sequence = has_row_per_sequence(backend_.head());
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    const int64_t first = batch.cu_seqlens[static_cast<size_t>(i)];
    const int64_t end = batch.cu_seqlens[static_cast<size_t>(i) + 1];
    take_(per_sequence ? rows_of(output, i, 1) : rows_of(output, first, end - first));
  }
}

std::vector<Output> split_output(const Output& output, Head head,
                                 std::span<const Encoding> encodings) {
  std::vector<Output> pieces;
  pieces.reserve(encodings.size());
  int64_t first = 0;
  for (const Encoding& encoding : encodings) {
    const int64_t rows = has_row_per_sequence(head) ? 1 : static_cast<int64_t>(encoding.size());
    pieces.push_back(rows_of(output, first, rows));
    first += rows;
  }
  return pieces;
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
