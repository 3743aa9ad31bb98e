#include <utility>

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

}  // namespace jnlp::tok
