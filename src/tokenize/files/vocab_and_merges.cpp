#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "tokenize/files/config_values.h"
#include "tokenize/files/load.h"

namespace jnlp::tok {
namespace {

Json byte_level(bool add_prefix_space, bool trim_offsets, bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", trim_offsets},
          {"use_regex", use_regex}};
}

bool is_roberta(const std::string& name, const Json& vocab) {
  if (!name.empty()) return name.starts_with("Roberta") || name.starts_with("Longformer");
  // No class named: RoBERTa's vocabulary begins with its four special tokens.
  return vocab.value("<s>", -1) == 0 && vocab.value("</s>", -1) == 2;
}

Json id_pair(const Json& vocab, const std::string& token) {
  if (!vocab.contains(token)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("vocab.json has no token \"{}\", which this model needs", token));
  }
  return Json::array({token, vocab[token]});
}

Json added_token(const std::string& content, bool lstrip, bool normalized) {
  return {{"id", 0},         {"content", content}, {"single_word", false},    {"lstrip", lstrip},
          {"rstrip", false}, {"special", true},    {"normalized", normalized}};
}

Json added_tokens(const Json& config, const Json& vocab, bool roberta) {
  Json tokens = Json::array();
  if (config.contains("added_tokens_decoder") && config["added_tokens_decoder"].is_object()) {
    std::vector<std::pair<int64_t, Json>> by_id;
    for (const auto& [id, token] : config["added_tokens_decoder"].items()) {
      Json entry = token;
      entry["id"] = 0;
      by_id.emplace_back(std::strtoll(id.c_str(), nullptr, 10), std::move(entry));
    }
    std::sort(by_id.begin(), by_id.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [id, token] : by_id) tokens.push_back(std::move(token));
    return tokens;
  }
  if (roberta) {
    for (const char* token : {"<s>", "<pad>", "</s>", "<unk>"}) {
      if (vocab.contains(token)) tokens.push_back(added_token(token, false, true));
    }
    if (vocab.contains("<mask>")) tokens.push_back(added_token("<mask>", true, false));
  } else if (vocab.contains("<|endoftext|>")) {
    tokens.push_back(added_token("<|endoftext|>", false, true));
  }
  return tokens;
}

constexpr const char* kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Json qwen2_pre_tokenizer() {
  const Json split = {{"type", "Split"},
                      {"pattern", {{"Regex", kQwen2Pattern}}},
                      {"behavior", "Isolated"},
                      {"invert", false}};
  return {{"type", "Sequence"},
          {"pretokenizers", Json::array({split, byte_level(false, false, false)})}};
}

// The lines of merges.txt as a JSON list, so that there is one reader of merges.
Json read_merges(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  Json merges = Json::array();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) merges.push_back(std::move(line));
    begin = end + 1;
  }
  return merges;
}

}  // namespace

void load_vocab_and_merges(const std::filesystem::path& vocab_file,
                           const std::filesystem::path& merges_file, const Json& config,
                           Tokenizer::Pipeline* pipeline) {
  const Json vocab = read_json_file(vocab_file);
  if (!vocab.is_object()) {
    throw Error(ErrorCode::invalid_input, vocab_file.string() + " does not hold an object");
  }
  std::string name = config_token(config, "tokenizer_class", "");
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  const bool add_prefix_space = config_flag(config, "add_prefix_space", false);
  const bool roberta = is_roberta(name, vocab);
  Json file = {{"version", "1.0"}, {"decoder", byte_level(true, true, true)}};
  file["model"] = {{"type", "BPE"}, {"vocab", vocab}, {"merges", read_merges(merges_file)}};
  file["added_tokens"] = added_tokens(config, vocab, roberta);
  if (name == "Qwen2Tokenizer") {
    file["normalizer"] = {{"type", "NFC"}};
    file["pre_tokenizer"] = qwen2_pre_tokenizer();
    file["post_processor"] = byte_level(false, false, false);
  } else if (roberta) {
    file["pre_tokenizer"] = byte_level(add_prefix_space, true, true);
    file["post_processor"] = {{"type", "RobertaProcessing"},
                              {"sep", id_pair(vocab, config_token(config, "sep_token", "</s>"))},
                              {"cls", id_pair(vocab, config_token(config, "cls_token", "<s>"))},
                              {"trim_offsets", true},
                              {"add_prefix_space", add_prefix_space}};
  } else if (name.empty() || name == "GPT2Tokenizer") {
    file["pre_tokenizer"] = byte_level(add_prefix_space, true, true);
    file["post_processor"] = byte_level(true, false, true);
  } else {
    throw Error(ErrorCode::unsupported,
                fmt::format("tokenizer_config.json names the class \"{}\", whose vocab.json and "
                            "merges.txt are not known; get the model's tokenizer.json",
                            name));
  }
  load_tokenizer_json(dump_json(file), vocab_file.string(), pipeline);
}

}  // namespace jnlp::tok
