#pragma once

#include <atomic>

#include "base/json.h"
#include "train/options.h"

namespace jnlp {

/// Fine-tunes `options.files.base` on the data and writes the result to `options.files.output`,
/// which appears whole or not at all: an adapter in PEFT's layout (adapter_config.json,
/// adapter_model.safetensors, config.json) or a full model (config.json, model.safetensors), each
/// with the tokenizer's files and a README.md.
///
/// A checkpoint "<output>.checkpoint" is written every `checkpoint_every` steps and removed at the
/// end; a run continued from it gives the same bits as one that was never stopped (unless
/// max_minutes bounds it). When `stop` becomes true, a checkpoint is written and Error deadline
/// thrown.
///
/// Returns a report: data, settings, evaluations, the best one, time, tokens per second.
/// @throws Error not_found, invalid_input (data, base model, options), unsupported, io.
OrderedJson train(const TrainOptions& options, const std::atomic<bool>& stop);

}  // namespace jnlp
