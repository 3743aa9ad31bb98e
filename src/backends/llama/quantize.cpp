#include "backends/llama/quantize.h"

#include <fmt/format.h>
#include <gguf.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

#include "backends/llama/load.h"
#include "backends/llama/log.h"
#include "base/cpu_budget.h"
#include "base/error.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

struct GgufType {
  std::string_view name;
  llama_ftype value;
};

// As llama-quantize names them; a name with another meaning comes behind that.
constexpr std::array kTypes = {
    GgufType{"IQ1_S", LLAMA_FTYPE_MOSTLY_IQ1_S},
    GgufType{"IQ1_M", LLAMA_FTYPE_MOSTLY_IQ1_M},
    GgufType{"TQ1_0", LLAMA_FTYPE_MOSTLY_TQ1_0},
    GgufType{"TQ2_0", LLAMA_FTYPE_MOSTLY_TQ2_0},
    GgufType{"IQ2_XXS", LLAMA_FTYPE_MOSTLY_IQ2_XXS},
    GgufType{"IQ2_XS", LLAMA_FTYPE_MOSTLY_IQ2_XS},
    GgufType{"IQ2_S", LLAMA_FTYPE_MOSTLY_IQ2_S},
    GgufType{"IQ2_M", LLAMA_FTYPE_MOSTLY_IQ2_M},
    GgufType{"Q2_K_S", LLAMA_FTYPE_MOSTLY_Q2_K_S},
    GgufType{"Q2_K", LLAMA_FTYPE_MOSTLY_Q2_K},
    GgufType{"IQ3_XXS", LLAMA_FTYPE_MOSTLY_IQ3_XXS},
    GgufType{"IQ3_XS", LLAMA_FTYPE_MOSTLY_IQ3_XS},
    GgufType{"IQ3_S", LLAMA_FTYPE_MOSTLY_IQ3_S},
    GgufType{"IQ3_M", LLAMA_FTYPE_MOSTLY_IQ3_M},
    GgufType{"Q3_K_S", LLAMA_FTYPE_MOSTLY_Q3_K_S},
    GgufType{"Q3_K_M", LLAMA_FTYPE_MOSTLY_Q3_K_M},
    GgufType{"Q3_K", LLAMA_FTYPE_MOSTLY_Q3_K_M},
    GgufType{"Q3_K_L", LLAMA_FTYPE_MOSTLY_Q3_K_L},
    GgufType{"IQ4_XS", LLAMA_FTYPE_MOSTLY_IQ4_XS},
    GgufType{"IQ4_NL", LLAMA_FTYPE_MOSTLY_IQ4_NL},
    GgufType{"Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0},
    GgufType{"Q4_1", LLAMA_FTYPE_MOSTLY_Q4_1},
    GgufType{"Q4_K_S", LLAMA_FTYPE_MOSTLY_Q4_K_S},
    GgufType{"Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M},
    GgufType{"Q4_K", LLAMA_FTYPE_MOSTLY_Q4_K_M},
    GgufType{"Q5_0", LLAMA_FTYPE_MOSTLY_Q5_0},
    GgufType{"Q5_1", LLAMA_FTYPE_MOSTLY_Q5_1},
    GgufType{"Q5_K_S", LLAMA_FTYPE_MOSTLY_Q5_K_S},
    GgufType{"Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M},
    GgufType{"Q5_K", LLAMA_FTYPE_MOSTLY_Q5_K_M},
    GgufType{"Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K},
    GgufType{"Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0},
    GgufType{"F16", LLAMA_FTYPE_MOSTLY_F16},
    GgufType{"BF16", LLAMA_FTYPE_MOSTLY_BF16},
    GgufType{"F32", LLAMA_FTYPE_ALL_F32},
};

llama_ftype parse_type(std::string_view name) {
  for (const GgufType& type : kTypes) {
    if (type.name == name) return type.value;
  }
  std::string names;
  for (const GgufType& type : kTypes) names += fmt::format(" {}", type.name);
  throw Error(ErrorCode::invalid_input,
              fmt::format("'{}' is not a type of GGUF weights; there are{}", name, names));
}

using GgufHandle = std::unique_ptr<gguf_context, decltype(&gguf_free)>;

// The metadata and where the tensors are; null for a file that is none or is damaged.
GgufHandle open_gguf(const fs::path& gguf) {
  start_llama();  // which takes what would be printed
  return {gguf_init_from_file(gguf.c_str(), {.no_alloc = true, .ctx = nullptr}), gguf_free};
}

// llama.cpp says "[  3/ 272] name - [...]" as a tensor begins.
void tell_tensor(std::string_view line,
                 const std::function<void(int64_t tensor, int64_t all)>& on_tensor) {
  const auto number_behind = [&](char mark) -> std::optional<int64_t> {
    size_t place = line.find(mark);
    if (place == std::string_view::npos) return std::nullopt;
    while (++place < line.size() && line[place] == ' ') {
    }
    int64_t value = 0;
    const auto end = std::from_chars(line.data() + place, line.data() + line.size(), value);
    return end.ec == std::errc() ? std::optional(value) : std::nullopt;
  };
  if (!line.starts_with('[')) return;
  const auto tensor = number_behind('[');
  const auto all = number_behind('/');
  if (tensor && all && *tensor <= *all) on_tensor(*tensor, *all);
}

[[noreturn]] void throw_quantize_error(const fs::path& input, const fs::path& output,
                                       std::string_view type, const std::string& reason) {
  if (reason.find("importance matrix") != std::string::npos) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} needs an importance matrix, which is not supported; take a larger "
                            "type, for example Q2_K or IQ4_XS",
                            type));
  }
  if (reason.find("requantizing") != std::string::npos) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is quantized already, and quantizing it again loses more than "
                            "quantizing the original: take its F16, BF16 or F32 file, or allow it "
                            "with --allow-requantize",
                            input.string()));
  }
  if (reason.find("iostream") != std::string::npos) {  // of the file that it writes
    throw Error(ErrorCode::io, fmt::format("cannot write {}; is the disk full?", output.string()));
  }
  throw Error(ErrorCode::io, fmt::format("cannot quantize {}: {}", input.string(),
                                         reason.empty() ? "llama.cpp gave no reason" : reason));
}

// llama.cpp does not notice every write that fails.
void check_whole(const fs::path& gguf) {
  const GgufHandle file = open_gguf(gguf);
  uintmax_t needed = 0;
  for (int64_t i = 0; file && i < gguf_get_n_tensors(file.get()); ++i) {
    needed = std::max<uintmax_t>(needed, gguf_get_data_offset(file.get()) +
                                             gguf_get_tensor_offset(file.get(), i) +
                                             gguf_get_tensor_size(file.get(), i));
  }
  std::error_code error;
  const uintmax_t size = fs::file_size(gguf, error);
  if (file && !error && needed > 0 && size >= needed) return;
  throw Error(ErrorCode::io,
              fmt::format("cannot write {}: only {} bytes arrived; is the disk full?",
                          gguf.string(), error ? 0 : size));
}

}  // namespace

std::vector<std::string_view> gguf_types() {
  std::vector<std::string_view> names;
  for (const GgufType& type : kTypes) names.push_back(type.name);
  return names;
}

std::string gguf_type_of(const fs::path& gguf) {
  check_gguf_file(gguf);
  const GgufHandle file = open_gguf(gguf);
  if (!file) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is damaged: its header cannot be read", gguf.string()));
  }
  const int64_t key = gguf_find_key(file.get(), "general.file_type");
  if (key < 0 || gguf_get_kv_type(file.get(), key) != GGUF_TYPE_UINT32) return "unknown";
  const uint32_t number = gguf_get_val_u32(file.get(), key);
  for (const GgufType& type : kTypes) {
    if (number == static_cast<uint32_t>(type.value)) return std::string(type.name);
  }
  return "unknown";
}

void quantize_gguf(const fs::path& input, const fs::path& output, std::string_view type,
                   const QuantizeOptions& options) {
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = parse_type(type);
  params.allow_requantize = options.allow_requantize;
  params.nthread = options.threads > 0 ? options.threads : available_threads();
  // Loading finds the faults on which quantizing would end the program.
  const std::string files = load_llama_model(input, {}).model->metadata("split.count");
  if (!files.empty() && files != "1") {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is one of several files of a model; join them first, with "
                            "llama.cpp's llama-gguf-split --merge",
                            input.string()));
  }
  take_llama_error();
  const LlamaLogLines lines([&](std::string_view line) {
    if (options.on_tensor) tell_tensor(line, options.on_tensor);
  });
  if (llama_model_quantize(input.c_str(), output.c_str(), &params) != 0) {
    throw_quantize_error(input, output, type, take_llama_error());
  }
  check_whole(output);
}

}  // namespace jnlp
