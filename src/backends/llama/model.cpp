#include "backends/llama/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <system_error>

#include "backends/llama/gpu_fit.h"
#include "backends/llama/log.h"
#include "base/error.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_load_error(const fs::path& gguf, std::string reason) {
  if (reason.empty()) reason = "llama.cpp gave no reason";
  throw Error(ErrorCode::invalid_input,
              fmt::format("cannot load {}: {}; the file is damaged, or newer than this llama.cpp",
                          gguf.string(), reason));
}

LlamaModelHandle load(const fs::path& gguf, int gpu_layers) {
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = gpu_layers;
  take_llama_error();
  try {
    LlamaModelHandle model(llama_model_load_from_file(gguf.c_str(), params));
    if (model) return model;
  } catch (const std::exception& error) {
    throw_load_error(gguf, error.what());
  }
  throw_load_error(gguf, take_llama_error());
}

}  // namespace

void check_gguf_file(const fs::path& gguf) {
  std::error_code ignored;
  if (!fs::exists(gguf, ignored)) {
    throw Error(ErrorCode::not_found, fmt::format("there is no file {}", gguf.string()));
  }
  if (!fs::is_regular_file(gguf, ignored)) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} is not a file", gguf.string()));
  }
  std::array<char, 4> magic = {};
  std::ifstream file(gguf, std::ios::binary);
  if (!file) throw Error(ErrorCode::io, fmt::format("cannot read {}", gguf.string()));
  file.read(magic.data(), magic.size());
  if (std::string_view(magic.data(), magic.size()) != "GGUF") {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is not a GGUF file (it does not begin with GGUF)", gguf.string()));
  }
}

LlamaModel::LlamaModel(const fs::path& gguf, int gpu_layers) : name_(gguf.filename().string()) {
  model_ = load(gguf, gpu_layers);
  check_generates_text();
  placement_.layers = llama_model_n_layer(model_.get()) + 1;
  placement_.on_gpu = std::min<int64_t>(gpu_layers, placement_.layers);
  if (gpu_layers > 0) placement_.gpu = gpu_memory().names;
}

std::string LlamaModel::metadata(const std::string& key) const {
  const int32_t size = llama_model_meta_val_str(model_.get(), key.c_str(), nullptr, 0);
  if (size < 0) return "";
  std::string value(static_cast<size_t>(size) + 1, '\0');
  llama_model_meta_val_str(model_.get(), key.c_str(), value.data(), value.size());
  value.pop_back();
  return value;
}

void LlamaModel::check_generates_text() const {
  const std::string architecture = metadata("general.architecture");
  const bool one_direction = metadata(architecture + ".attention.causal") != "false";
  if (one_direction && llama_model_has_decoder(model_.get()) &&
      !llama_model_has_encoder(model_.get()) && !llama_model_is_diffusion(model_.get())) {
    return;
  }
  throw Error(ErrorCode::unsupported,
              fmt::format("{} ({}) is not a model that continues a text", name_, architecture));
}

std::string LlamaModel::description() const {
  const auto parameters = static_cast<double>(llama_model_n_params(model_.get()));
  const bool billions = parameters >= 1e9;
  return fmt::format("{}, {:.{}f}{} parameters, {:.0f} MB", name_,
                     parameters / (billions ? 1e9 : 1e6), billions ? 1 : 0, billions ? "B" : "M",
                     static_cast<double>(llama_model_size(model_.get())) / 1e6);
}

std::string LlamaModel::placement_text() const {
  const int64_t on_cpu = placement_.layers - placement_.on_gpu;
  if (placement_.on_gpu == 0) return fmt::format("{} layers on the CPU", on_cpu);
  const std::string on_gpu = fmt::format("{} layers on {}", placement_.on_gpu, placement_.gpu);
  return on_cpu == 0 ? on_gpu : fmt::format("{}, {} on the CPU", on_gpu, on_cpu);
}

llama_flash_attn_type LlamaModel::attention_type() const {
  // Left to itself, llama.cpp takes flash attention on the CPU too, whose kernel is slow for few
  // new tokens over a long history, as when an answer is written or a second question read. Its
  // time in llama.cpp's own server, divided by that without it (SmolLM2-135M Q4_1, 1 thread, in
  // turns, median of 7): a prompt of 133, 563 and 1563 tokens 1.17, 1.36 and 0.89; writing behind
  // it 1.09, 1.74 and 2.69; 19 new tokens behind 1339 take 4 to 8 times as long.
  return placement_.on_gpu == 0 ? LLAMA_FLASH_ATTN_TYPE_DISABLED : LLAMA_FLASH_ATTN_TYPE_AUTO;
}

int64_t LlamaModel::trained_context() const {
  return llama_model_n_ctx_train(model_.get());
}

std::vector<llama_token> LlamaModel::tokenize(std::string_view text, SpecialNames names) const {
  return tokenize(text, names, true);
}

std::vector<llama_token> LlamaModel::tokenize_more(std::string_view text) const {
  return tokenize(text, SpecialNames::tokens, false);
}

std::vector<llama_token> LlamaModel::tokenize(std::string_view text, SpecialNames names,
                                              bool around) const {
  constexpr size_t kSpecial = 8;  // room for tokens that are added
  if (text.size() > size_t{std::numeric_limits<int32_t>::max()} - kSpecial) {
    throw Error(ErrorCode::invalid_input, "the text is longer than 2 GB");
  }
  if (!is_valid_utf8(text)) {
    throw Error(ErrorCode::invalid_input, "the text is not well-formed UTF-8");
  }
  std::vector<llama_token> tokens(text.size() + kSpecial);
  const auto call = [&] {
    return llama_tokenize(vocab(), text.data(), static_cast<int32_t>(text.size()), tokens.data(),
                          static_cast<int32_t>(tokens.size()), around,
                          names == SpecialNames::tokens);
  };
  int32_t count = call();
  if (count < 0 && count != std::numeric_limits<int32_t>::min()) {
    tokens.resize(static_cast<size_t>(-count));
    count = call();
  }
  if (count < 0) throw Error(ErrorCode::internal, "llama.cpp cannot tokenize the text");
  tokens.resize(static_cast<size_t>(count));
  return tokens;
}

std::vector<llama_token> LlamaModel::tokenize_prompt(std::string_view prompt,
                                                     int64_t context_size) const {
  std::vector<llama_token> tokens = tokenize(prompt);
  if (tokens.empty()) throw Error(ErrorCode::invalid_input, "the prompt is empty");
  if (std::ssize(tokens) > context_size) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the prompt has {} tokens and the context {}; shorten it, or ask for a "
                            "longer context (the model was trained for {})",
                            tokens.size(), context_size, trained_context()));
  }
  return tokens;
}

std::string LlamaModel::piece(llama_token token) const {
  std::string text(32, '\0');
  const auto call = [&] {
    return llama_token_to_piece(vocab(), token, text.data(), static_cast<int32_t>(text.size()), 0,
                                false);
  };
  int32_t size = call();
  if (size < 0) {
    text.resize(static_cast<size_t>(-size));
    size = call();
  }
  text.resize(static_cast<size_t>(std::max(size, 0)));
  return text;
}

std::string LlamaModel::apply_chat_template(std::span<const ChatMessage> messages) const {
  const char* source = llama_model_chat_template(model_.get(), nullptr);
  if (source == nullptr) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} has no chat template: it continues texts and answers no messages; "
                            "take a model whose name says instruct or chat",
                            name_));
  }
  if (messages.empty()) throw Error(ErrorCode::invalid_input, "there is no message to answer");
  std::vector<llama_chat_message> chat;
  chat.reserve(messages.size());
  for (const ChatMessage& message : messages) {
    chat.push_back({message.role.c_str(), message.content.c_str()});
  }
  std::string text;
  const auto call = [&] {
    return llama_chat_apply_template(source, chat.data(), chat.size(), true, text.data(),
                                     static_cast<int32_t>(text.size()));
  };
  const int32_t size = call();
  if (size < 0) {
    throw Error(ErrorCode::unsupported,
                fmt::format("the chat template of {} is none of those that llama.cpp's library "
                            "knows",
                            name_));
  }
  text.resize(static_cast<size_t>(size));
  call();
  return text;
}

}  // namespace jnlp
