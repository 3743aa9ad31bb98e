#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backends/llama/llama_backend.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

/// The model that commands generate text with when none is named; set-up fetches it.
inline constexpr const char* kDefaultGenerator = "SmolLM2-135M-Instruct";

/// What commands that generate text have in common on the command line.
struct GeneratorFlags {
  std::string model = kDefaultGenerator;
  LlamaOptions llama;
  std::string gpu_layers = "auto";  ///< as on the command line
  GenerateOptions generate;
  std::string grammar_file;
  std::string json_schema;  ///< itself, or the name of a file with it
};

/// Adds --model, --context-size, --n-gpu-layers, --threads and those of the sampling. `flags` must
/// outlive the command.
void add_generator_flags(CLI::App& command, GeneratorFlags* flags);

/// Adds --n-gpu-layers: a number, "all" or "auto". `text` must outlive the command.
void add_gpu_layers_option(CLI::App& command, std::string* text);

/// What the option's text means.
GpuLayers parse_gpu_layers(const std::string& text);

/// The GGUF file that `name` means: a file, a folder with one, a model that set-up fetched, or one
/// of the hub. @throws Error not_found or invalid_input when it means none.
std::filesystem::path find_gguf(const std::string& name);

/// Finds the GGUF file that `flags` name, loads it, and reads the grammar file or the JSON schema.
/// @throws Error not_found or invalid_input when the name means no GGUF file, and what
///   load_llama() and json_schema_grammar() throw.
std::unique_ptr<TextGenerator> load_generator(GeneratorFlags* flags);

}  // namespace jnlp
