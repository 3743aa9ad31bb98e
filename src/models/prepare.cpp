#include "models/prepare.h"

#include <list>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/stopwatch.h"
#include "formats/weight_fingerprint.h"
#include "models/checkpoint_source.h"
#include "models/encoder.h"
#include "models/head_layers.h"
#include "models/open_layers.h"
#include "models/prepared_source.h"

namespace jnlp {
namespace {

// Hands layers on and notes down what was asked for: so the list of a model's layers exists once,
// in what loads them.
class RecordingSource : public LayerSource {
 public:
  RecordingSource(LayerSource& inner, PreparedFileWriter* writer, const PackProgress& progress)
      : LayerSource(inner.specs()), inner_(inner), writer_(*writer), progress_(progress) {}

  PackedLinear linear(const std::vector<std::string>& modules, WeightType type) override {
    PackedLinear layer = inner_.linear(modules, type);
    writer_.add(prepared_name(modules), layer.view());
    advance(static_cast<int64_t>(2 * modules.size()));
    return layer;
  }

  EmbeddingTable embedding(const std::string& module, WeightType type) override {
    EmbeddingTable table = inner_.embedding(module, type);
    if (table.rounded()) {
      writer_.add(module, rounded(table.floats()));
    } else {
      writer_.add(module + ".weight", table.floats());
    }
    advance(1);
    return table;  // moving it does not move its values
  }

  Weight table(const std::string& name) override {
    // A norm drops its tables at once, so what is no mapping is kept here.
    const Weight& table = tables_.emplace_back(inner_.table(name));
    writer_.add(name, table);
    advance(1);
    return {table.shape, table.values, {}};
  }

  PackedLinear module_linear(const std::filesystem::path& folder, int64_t inputs,
                             bool has_bias) override {
    PackedLinear layer = inner_.module_linear(folder, inputs, has_bias);
    writer_.add(prepared_name(folder), layer.view());
    return layer;
  }

 private:
  ByteRows rounded(const Weight& weight) {
    const auto rows = static_cast<size_t>(weight.shape[0]);
    const auto width = static_cast<size_t>(weight.shape[1]);
    row_bytes_.resize(rows * width);
    row_scales_.resize(rows);
    for (size_t i = 0; i < rows; ++i) {
      row_scales_[i] =
          round_row(weight.values.subspan(i * width, width), row_bytes_.data() + i * width);
    }
    return {weight.shape[1], row_bytes_, row_scales_};
  }

  void advance(int64_t tensors) {
    done_ += tensors;
    if (progress_) progress_(done_, static_cast<int64_t>(specs().size()));
  }

  LayerSource& inner_;
  PreparedFileWriter& writer_;
  const PackProgress& progress_;
  std::list<Weight> tables_;
  std::vector<int8_t> row_bytes_;
  std::vector<float> row_scales_;
  int64_t done_ = 0;
};

}  // namespace

PackedModel write_prepared_file(const ModelDir& model, const ModelDir& target,
                                const PackOptions& options, const Exec& exec) {
  const Stopwatch stopwatch;
  const EncoderConfig config = read_encoder_config(model.config);
  const Head head = options.head.value_or(head_of(model));
  CheckpointSource checkpoint(model, model_weights(config, model, head), adaptable_weights(config),
                              exec);
  PreparedFileWriter writer;
  RecordingSource source(checkpoint, &writer, options.progress);
  const EngineOptions engine = options.engine.completed_by(model.config);
  const Encoder encoder(config, engine, source);
  const HeadLayers head_layers(config, head, model, source);
  const double taken = stopwatch.seconds();
  PackedModel packed{
      {engine, head, dump_json(target.config), weight_fingerprint(target), options.notes}, taken};
  writer.write(target.path / kPreparedFile, packed.facts);
  return packed;
}

void write_merged_weights(const ModelDir& model, const std::filesystem::path& path,
                          std::optional<Head> head) {
  const EncoderConfig config = read_encoder_config(model.config);
  const std::vector<WeightSpec> specs = model_weights(config, model, head.value_or(head_of(model)));
  const WeightStore store(model);
  std::vector<Weight> weights;
  std::vector<NamedTensor> tensors;
  weights.reserve(specs.size());
  for (const WeightSpec& spec : specs) {
    const Weight& weight = weights.emplace_back(store.load(spec));
    tensors.push_back(
        {spec.checkpoint_names.front(), DType::f32, weight.shape, std::as_bytes(weight.values)});
  }
  write_safetensors(path, tensors, {{"format", "pt"}});
}

}  // namespace jnlp
