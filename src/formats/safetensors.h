#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"

namespace jnlp {

/// Element types of the safetensors format.
enum class DType {
  boolean,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  f64,
  i64,
  u64,
  f4,       ///< two to a byte
  f6_e2m3,  ///< four in three bytes
  f6_e3m2,
  f8_e8m0,
  f8_e4m3fnuz,
  f8_e5m2fnuz,
  c64  ///< complex of two f32
};

/// Bits of one element.
size_t bits_of(DType dtype);
/// Bytes of one element. @throws Error unsupported for types narrower than a byte.
size_t size_of(DType dtype);
/// The format's own name, for example "BF16".
std::string_view to_string(DType dtype);

/// A tensor inside a mapped file: row-major, little-endian, valid as long as the file object lives.
struct TensorView {
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;

  int64_t elements() const;
  /// The elements as float, converted from f64, f32, f16, bf16, f8_e5m2, f8_e4m3, boolean or any
  /// integer type. @throws Error unsupported for the other types.
  std::vector<float> to_float() const;
  /// The elements in place. @throws Error unsupported unless the dtype is f32 and the data aligned.
  std::span<const float> as_float() const;
};

/// The tensors of one or more safetensors files (shards), mapped into memory.
/// Format: https://github.com/huggingface/safetensors#format
class Safetensors {
 public:
  /// Reads and checks the headers; no tensor is touched.
  /// @throws Error invalid_input for a header that lies (too long, overlapping or out-of-range
  ///   data, holes, size not shape times dtype, a name twice or in two shards), not_found, io.
  explicit Safetensors(const std::vector<std::filesystem::path>& files);

  bool contains(std::string_view name) const;
  /// @throws Error not_found.
  const TensorView& at(std::string_view name) const;
  /// Gives back the memory of a tensor of these files that was read, and of what else is in its
  /// pages. All stays readable: see MappedFile::release().
  void release(const TensorView& tensor) const;
  /// The same for the whole files.
  void release() const;
  const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
  const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }

 private:
  std::vector<MappedFile> files_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// One tensor to write.
struct NamedTensor {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};

/// Writes a safetensors file atomically. Tensors whose size is a multiple of 64 bytes go first and
/// begin on a cache line each; the others follow. Of both the wider types go first: then every
/// tensor is aligned to its type, as in files of the reference implementation.
/// @throws Error invalid_input when a size does not fit its shape or a name comes twice, io.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string, std::less<>>& metadata = {});

}  // namespace jnlp
