#include "models/token_embedding.h"

#include <cmath>

#include "ops/for_each_row.h"

namespace jnlp {
namespace {

// Sines in the first half of a row, cosines in the second. In double and rounded once, as
// transformers makes the table that it does not save.
std::vector<float> sinusoids(int64_t positions, int64_t size) {
  std::vector<float> table(static_cast<size_t>(positions * size));
  const int64_t sines = (size + 1) / 2;
  for (int64_t i = 0; i < size; ++i) {
    const auto exponent = static_cast<double>(2 * (i / 2)) / static_cast<double>(size);
    const double divisor = std::pow(10000.0, exponent);
    float* column = table.data() + (i % 2 == 0 ? i / 2 : sines + i / 2);
    for (int64_t position = 0; position < positions; ++position) {
      const double angle = static_cast<double>(position) / divisor;
      column[position * size] = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  return table;
}

}  // namespace

TokenEmbedding::TokenEmbedding(const Seq2SeqConfig& config, const std::string& side,
                               const EmbeddingTable& word, LayerSource& source)
    : word_(word),
      size_(config.hidden_size),
      scale_(config.embedding_scale),
      has_norm_(config.embedding_norm) {
  const std::string table = side + ".position.weight";
  if (source.stored(table)) {
    stored_ = source.table(table);
    positions_ = stored_.values.subspan(static_cast<size_t>(config.position_offset * size_));
  } else if (config.positions == Positions::sinusoidal) {
    sinusoidal_ = sinusoids(config.max_positions, size_);
    positions_ = sinusoidal_;
  }
  if (has_norm_) norm_ = source.norm(side + ".embedding_norm", config.norm_epsilon);
}

void TokenEmbedding::embed(const Exec& exec, std::span<const int32_t> tokens,
                           std::span<const int32_t> positions, float* hidden) const {
  constexpr int64_t kTokensPerTask = 32;
  const auto rows = static_cast<int64_t>(tokens.size());
  for_each_row(exec, rows, kTokensPerTask, [&](int64_t row) {
    const auto i = static_cast<size_t>(row);
    float* out = hidden + row * size_;
    word_.copy_row(tokens[i], out);
    if (scale_ != 1) exec.kernels.scale(out, scale_, size_);
    if (!positions_.empty()) {
      exec.kernels.add(out, positions_.data() + positions[i] * size_, size_);
    }
  });
  if (has_norm_) normalize(exec, norm_, hidden, rows, hidden);
}

}  // namespace jnlp
