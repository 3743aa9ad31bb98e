#include "cli/model_memory.h"

#include <algorithm>

#include "base/mapped_file.h"
#include "formats/safetensors_header.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

int64_t bytes_per_weight(WeightType type) {
  switch (type) {
    case WeightType::f32:
      break;
    case WeightType::bf16:
    case WeightType::f16:
      return 2;
    case WeightType::int8:
      return 1;
  }
  return sizeof(float);
}

bool is_embedding(const std::string& name) {
  return name.find("embed") != std::string::npos || name.find("shared") != std::string::npos;
}

// Vectors stay FP32, embeddings too but for INT8.
int64_t tensor_bytes(const HeaderEntry& tensor, WeightType type) {
  int64_t count = 1;
  for (const int64_t size : tensor.shape) count *= size;
  const bool keeps =
      tensor.shape.size() < 2 || (is_embedding(tensor.name) && type != WeightType::int8);
  return count * bytes_per_weight(keeps ? WeightType::f32 : type);
}

int64_t file_memory(const fs::path& path, WeightType type) {
  const MappedFile mapped(path);
  const std::string_view all(reinterpret_cast<const char*>(mapped.bytes().data()),
                             mapped.bytes().size());
  int64_t bytes = 0;
  for (const HeaderEntry& tensor : read_safetensors_header(all, path.string()).entries) {
    bytes += tensor_bytes(tensor, type);
  }
  return bytes;
}

}  // namespace

int64_t estimated_memory(const ModelDir& model, const EngineOptions& engine) {
  if (model.prepared_file) return static_cast<int64_t>(fs::file_size(*model.prepared_file));
  int64_t bytes = 0;
  for (const fs::path& file : model.weight_files) bytes += file_memory(file, engine.weight_type());
  return bytes;
}

}  // namespace jnlp
