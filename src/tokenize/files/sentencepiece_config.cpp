#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "tokenize/files/sentencepiece_class.h"

namespace jnlp::tok {
namespace {

// Classes of architectures, for a config.json without the class of the tokenizer.
constexpr std::pair<const char*, const char*> kClassOfModel[] = {
    {"t5", "T5Tokenizer"},
    {"mt5", "T5Tokenizer"},
    {"xlm-roberta", "XLMRobertaTokenizer"},
    {"camembert", "CamembertTokenizer"},
    {"albert", "AlbertTokenizer"},
    {"deberta-v2", "DebertaV2Tokenizer"},
    {"llama", "LlamaTokenizer"},
    {"mistral", "LlamaTokenizer"},
};

std::string text_in(const Json& config, const char* key) {
  const auto found = config.find(key);
  return found != config.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string tokenizer_class(const Json& tokenizer_config, const Json& model_config) {
  std::string name = text_in(tokenizer_config, "tokenizer_class");
  if (name.empty()) name = text_in(model_config, "tokenizer_class");
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  if (!name.empty()) return name;
  const std::string architecture = text_in(model_config, "model_type");
  for (const auto& [model, tokenizer] : kClassOfModel) {
    if (architecture == model) return tokenizer;
  }
  return architecture.empty() ? std::string() : "of the model type \"" + architecture + "\"";
}

std::string config_token(const Json& config, const char* key, const std::string& usual) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return usual;
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string()) {
    return (*found)["content"].get<std::string>();
  }
  throw Error(ErrorCode::invalid_input,
              fmt::format("tokenizer_config.json: field \"{}\" must be a text or token", key));
}

bool config_flag(const Json& config, const char* key, bool usual) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return usual;
  if (found->is_boolean()) return found->get<bool>();
  throw Error(ErrorCode::invalid_input,
              fmt::format("tokenizer_config.json: field \"{}\" must be true or false", key));
}

}  // namespace jnlp::tok
