#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "formats/model_dir.h"
#include "formats/safetensors.h"
#include "models/embedding_table.h"
#include "models/engine_options.h"
#include "models/weight_store.h"
#include "ops/linear.h"

namespace jnlp {

/// What a prepared file says about itself.
struct PreparedFacts {
  EngineOptions options;
  Head head = Head::embedding;
  std::string config;       ///< the model's config.json as one line of JSON
  std::string fingerprint;  ///< weight_fingerprint() of the model
  std::map<std::string, std::string, std::less<>> notes;  ///< for people: where it came from
};

/// A model's tensors as the engine uses them, laid out for the kernels (kernels.h; the same for
/// every instruction set), so that they run from the mapping. It is a safetensors file:
///   <layer>.panels and .bias, for int8 also .column_scales and .column_sums, padded to panels, and
///   .input_factors where there are some;
///   the metadata "linear.<layer>" = "<type> <outputs> <inputs>";
///   tables (norms, embeddings) under our names;
///   for int8 <word embeddings>.bytes and .row_scales;
///   the metadata format, version, weights, keep_fp32, head, config and fingerprint.
class PreparedFile {
 public:
  /// Reads the header; touches no tensor.
  /// @throws Error invalid_input for a file that is damaged or of another version, saying that the
  ///   model is to be prepared again; so do the others.
  explicit PreparedFile(std::filesystem::path path);

  const PreparedFacts& facts() const { return facts_; }
  /// A layer inside the mapping, sizes checked.
  LinearView linear(const std::string& name) const;
  Weight table(const std::string& name) const;
  ByteRows byte_rows(const std::string& name, int64_t rows, int64_t width) const;
  /// Fails when it was made for another config.json or other weights than the model has now.
  void check_belongs_to(const ModelDir& model) const;
  [[noreturn]] void fail(const std::string& why) const;

 private:
  const std::string& metadata(const std::string& key) const;
  std::span<const std::byte> bytes(const std::string& name, DType dtype, int64_t elements) const;
  void read_facts();

  std::filesystem::path path_;
  Safetensors file_;
  PreparedFacts facts_;
};

/// Collects layers and tables and writes them as such a file. They must live until then.
class PreparedFileWriter {
 public:
  void add(const std::string& name, const LinearView& layer);
  void add(const std::string& name, const Weight& table);
  void add(const std::string& name, const ByteRows& rows);
  /// @throws Error io.
  void write(const std::filesystem::path& path, const PreparedFacts& facts) const;

 private:
  std::vector<NamedTensor> tensors_;
  std::map<std::string, std::string, std::less<>> layers_;
};

}  // namespace jnlp
