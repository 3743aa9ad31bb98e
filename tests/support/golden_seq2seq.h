#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/seq2seq_backend.h"
#include "base/json.h"

namespace jnlp::test {

/// What the reference generates under some options, for some of a case's sources.
struct GoldenRun {
  Json options;
  std::vector<size_t> sources;
  std::vector<std::vector<GeneratedSequence>> results;  ///< one entry per entry of `sources`
};

/// A tiny checkpoint of tests/golden/seq2seq.
struct GoldenSeq2Seq {
  std::filesystem::path directory;
  std::vector<std::vector<int32_t>> sources;
  std::vector<GoldenRun> runs;
};

/// Names of all of them. @throws std::runtime_error when there is none.
std::vector<std::string> golden_seq2seq_names();
GoldenSeq2Seq load_golden_seq2seq(const std::string& name);

/// The model's own options with those of a run over them.
Seq2SeqOptions with_options(const std::filesystem::path& directory, const Json& options);

}  // namespace jnlp::test
