#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// A tensor of the KServe v2 protocol, its values as the binary extension sends them: numbers in
/// little endian, a text as its length in four bytes and its bytes.
struct KserveTensor {
  std::string name;
  std::string datatype;  ///< "BYTES", "FP32" or "INT64"
  std::vector<int64_t> shape;
  std::string values;
};

using KserveShape = std::vector<int64_t>;

KserveTensor bytes_tensor(std::string name, KserveShape shape, std::span<const std::string> texts);
KserveTensor fp32_tensor(std::string name, KserveShape shape, std::span<const float> values);
KserveTensor int64_tensor(std::string name, KserveShape shape, std::span<const int64_t> values);

/// The texts of a BYTES tensor's values.
/// @throws http::HttpError 400 naming `name` when the lengths do not add up.
std::vector<std::string> split_bytes(std::string_view values, const std::string& name);

/// The values as a JSON list without dimensions.
std::string values_json(const KserveTensor& tensor);

/// Number of elements. @throws http::HttpError 400 for a negative size and for too many.
int64_t element_count(const KserveShape& shape, const std::string& name);

// Several tensors as one string, for caches.
std::string pack_tensors(std::span<const KserveTensor> tensors);
/// @throws Error when it was not packed so.
std::vector<KserveTensor> unpack_tensors(const std::string& packed);

}  // namespace jnlp
