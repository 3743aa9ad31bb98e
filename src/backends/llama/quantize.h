#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// How a GGUF file is quantized.
struct QuantizeOptions {
  int threads = 0;                ///< 0: as many as the process may use
  bool allow_requantize = false;  ///< weights that are quantized already are quantized once more
  /// Called as each tensor begins, with its number from 1 and how many there are.
  std::function<void(int64_t tensor, int64_t all)> on_tensor = {};
};

/// The types that quantize_gguf() knows by llama.cpp's names, small ones first: "Q4_K_M", "F16" ...
std::vector<std::string_view> gguf_types();

/// The type that a GGUF file says its weights are mostly of, by the names of gguf_types(); else
/// "unknown". @throws Error invalid_input for another file.
std::string gguf_type_of(const std::filesystem::path& gguf);

/// Writes the model in `input` with weights of `type` to `output`, which is written in place: give
/// a temporary name.
/// @throws Error invalid_input for a type of another name, a damaged file, a model in several
///   files, or one that is quantized already, unless that is allowed; unsupported for a type that
///   needs an importance matrix; io when the file cannot be written as a whole.
void quantize_gguf(const std::filesystem::path& input, const std::filesystem::path& output,
                   std::string_view type, const QuantizeOptions& options);

}  // namespace jnlp
