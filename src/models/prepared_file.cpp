#include "models/prepared_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "formats/weight_fingerprint.h"

namespace jnlp {
namespace {

constexpr std::string_view kFormat = "jetson-nlp prepared model";
// To be raised whenever a program would read files of another version wrongly: another layout in
// kernels.h, another kPanelColumns or kInt8Depth, other names, other layers joined.
constexpr std::string_view kVersion = "2";
constexpr std::string_view kLayerKey = "linear.";
// Far above any real layer, far below overflow.
constexpr int64_t kMaxLayerSize = int64_t{1} << 28;

int64_t panels_of(const LinearView& layer) {
  return (layer.outputs + kPanelColumns - 1) / kPanelColumns;
}

DType panel_dtype(WeightType type) {
  switch (type) {
    case WeightType::f32:
      return DType::f32;
    case WeightType::bf16:
      return DType::bf16;
    case WeightType::f16:
      return DType::f16;
    case WeightType::int8:
      return DType::i8;
  }
  throw Error(ErrorCode::internal, "a type of weights that no file holds");
}

std::vector<int64_t> panel_shape(const LinearView& layer) {
  switch (layer.type) {
    case WeightType::f32:
    case WeightType::f16:
      return {panels_of(layer), layer.depth(), kPanelColumns};
    case WeightType::bf16:
      return {panels_of(layer), layer.depth() / 2, kPanelColumns, 2};
    case WeightType::int8:
      return {panels_of(layer), layer.depth() / 4, kPanelColumns, 4};
  }
  throw Error(ErrorCode::internal, "a type of weights that no file holds");
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<int64_t> size_named(const std::string& text) {
  int64_t value = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  return value >= 1 && value <= kMaxLayerSize ? std::optional(value) : std::nullopt;
}

std::span<const std::byte> bytes_of(const void* data, int64_t bytes) {
  return {static_cast<const std::byte*>(data), static_cast<size_t>(bytes)};
}

Safetensors open(const std::filesystem::path& path) {
  try {
    return Safetensors({path});
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}; 'jetson-nlp prepare' makes it anew", error.what()));
  }
}

}  // namespace

PreparedFile::PreparedFile(std::filesystem::path path)
    : path_(std::move(path)), file_(open(path_)) {
  if (metadata("format") != kFormat) fail("it is no prepared model");
  if (metadata("version") != kVersion) {
    fail(fmt::format("it has version {}, this program reads {}", metadata("version"), kVersion));
  }
  read_facts();
}

void PreparedFile::fail(const std::string& why) const {
  throw Error(ErrorCode::invalid_input,
              fmt::format("{}: {}; run 'jetson-nlp prepare' again, or remove the file",
                          path_.string(), why));
}

const std::string& PreparedFile::metadata(const std::string& key) const {
  const auto found = file_.metadata().find(key);
  if (found == file_.metadata().end()) fail(fmt::format("its metadata lack '{}'", key));
  return found->second;
}

void PreparedFile::read_facts() {
  facts_.options.weights = weight_type_named(metadata("weights"));
  if (!facts_.options.weights) fail("its type of weights is not known");
  facts_.options.keep_f32 = split(metadata("keep_fp32"), ',');
  const std::optional<Head> head = head_named(metadata("head"));
  if (!head) fail("its head is not known");
  facts_.head = *head;
  facts_.config = metadata("config");
  facts_.fingerprint = metadata("fingerprint");
}

std::span<const std::byte> PreparedFile::bytes(const std::string& name, DType dtype,
                                               int64_t elements) const {
  if (!file_.contains(name)) fail(fmt::format("it lacks '{}'", name));
  const TensorView& tensor = file_.at(name);
  if (tensor.dtype != dtype || tensor.elements() != elements) {
    fail(fmt::format("'{}' has another type or size than it should", name));
  }
  if (reinterpret_cast<uintptr_t>(tensor.bytes.data()) % size_of(dtype) != 0) {
    fail(fmt::format("'{}' is not aligned", name));
  }
  return tensor.bytes;
}

LinearView PreparedFile::linear(const std::string& name) const {
  const std::vector<std::string> words = split(metadata(std::string(kLayerKey) + name), ' ');
  const auto type = words.size() == 3 ? weight_type_named(words[0]) : std::nullopt;
  const auto outputs = type ? size_named(words[1]) : std::nullopt;
  const auto inputs = type ? size_named(words[2]) : std::nullopt;
  if (!outputs || !inputs) fail(fmt::format("its metadata of '{}' make no sense", name));
  LinearView layer{*type, *inputs, *outputs, nullptr, nullptr, nullptr, nullptr};
  const int64_t padded = panels_of(layer) * kPanelColumns;
  layer.panels = bytes(name + ".panels", panel_dtype(*type), padded * layer.depth()).data();
  layer.bias = reinterpret_cast<const float*>(bytes(name + ".bias", DType::f32, padded).data());
  if (*type == WeightType::int8) {
    layer.column_scales =
        reinterpret_cast<const float*>(bytes(name + ".column_scales", DType::f32, padded).data());
    layer.column_sums =
        reinterpret_cast<const int32_t*>(bytes(name + ".column_sums", DType::i32, padded).data());
    if (const std::string factors = name + ".input_factors"; file_.contains(factors)) {
      layer.input_factors =
          reinterpret_cast<const float*>(bytes(factors, DType::f32, *inputs).data());
    }
  }
  return layer;
}

Weight PreparedFile::table(const std::string& name) const {
  if (!file_.contains(name)) fail(fmt::format("it lacks '{}'", name));
  const TensorView& tensor = file_.at(name);
  bytes(name, DType::f32, tensor.elements());
  return {tensor.shape, tensor.as_float(), {}};
}

ByteRows PreparedFile::byte_rows(const std::string& name, int64_t rows, int64_t width) const {
  const std::span<const std::byte> values = bytes(name + ".bytes", DType::i8, rows * width);
  const std::span<const std::byte> scales = bytes(name + ".row_scales", DType::f32, rows);
  return {width,
          {reinterpret_cast<const int8_t*>(values.data()), values.size()},
          {reinterpret_cast<const float*>(scales.data()), static_cast<size_t>(rows)}};
}

void PreparedFile::check_belongs_to(const ModelDir& model) const {
  if (facts_.config != dump_json(model.config)) fail("it was prepared for another config.json");
  if (!model.weight_files.empty() && facts_.fingerprint != weight_fingerprint(model)) {
    fail("it was prepared from other weights than those beside it");
  }
}

void PreparedFileWriter::add(const std::string& name, const LinearView& layer) {
  const int64_t padded = panels_of(layer) * kPanelColumns;
  constexpr auto kFloatBytes = static_cast<int64_t>(sizeof(float));
  const int64_t floats = padded * kFloatBytes;
  layers_[std::string(kLayerKey) + name] =
      fmt::format("{} {} {}", to_string(layer.type), layer.outputs, layer.inputs);
  tensors_.push_back({name + ".panels", panel_dtype(layer.type), panel_shape(layer),
                      bytes_of(layer.panels, panels_of(layer) * layer.panel_bytes())});
  tensors_.push_back({name + ".bias", DType::f32, {padded}, bytes_of(layer.bias, floats)});
  if (layer.column_scales == nullptr) return;
  tensors_.push_back(
      {name + ".column_scales", DType::f32, {padded}, bytes_of(layer.column_scales, floats)});
  tensors_.push_back(
      {name + ".column_sums", DType::i32, {padded}, bytes_of(layer.column_sums, floats)});
  if (layer.input_factors == nullptr) return;
  tensors_.push_back({name + ".input_factors",
                      DType::f32,
                      {layer.inputs},
                      bytes_of(layer.input_factors, layer.inputs * kFloatBytes)});
}

void PreparedFileWriter::add(const std::string& name, const Weight& table) {
  tensors_.push_back({name, DType::f32, table.shape, std::as_bytes(table.values)});
}

void PreparedFileWriter::add(const std::string& name, const ByteRows& rows) {
  const auto count = static_cast<int64_t>(rows.scales.size());
  tensors_.push_back({name + ".bytes", DType::i8, {count, rows.width}, std::as_bytes(rows.bytes)});
  tensors_.push_back({name + ".row_scales", DType::f32, {count}, std::as_bytes(rows.scales)});
}

void PreparedFileWriter::write(const std::filesystem::path& path,
                               const PreparedFacts& facts) const {
  auto metadata = layers_;
  metadata.insert(facts.notes.begin(), facts.notes.end());
  metadata["format"] = kFormat;
  metadata["version"] = kVersion;
  metadata["weights"] = to_string(facts.options.weight_type());
  metadata["keep_fp32"] = fmt::format("{}", fmt::join(facts.options.keep_f32.value(), ","));
  metadata["head"] = to_string(facts.head);
  metadata["config"] = facts.config;
  metadata["fingerprint"] = facts.fingerprint;
  write_safetensors(path, tensors_, metadata);
}

}  // namespace jnlp
