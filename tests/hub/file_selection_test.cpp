#include "hub/file_selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/error.h"

namespace jnlp {
namespace {

std::vector<std::string> selected(const std::string& name, const std::vector<std::string>& paths) {
  std::vector<RepoFile> files;
  for (const std::string& path : paths) files.push_back({path, 1, std::string(40, 'a')});
  std::vector<std::string> chosen;
  for (const RepoFile& file : select_runtime_files(parse_model_name(name), files)) {
    chosen.push_back(file.path);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::string refusal(const std::string& name, const std::vector<std::string>& paths,
                    ErrorCode code) {
  try {
    selected(name, paths);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return "";
}

using Names = std::vector<std::string>;

// The files of sentence-transformers/all-MiniLM-L6-v2.
TEST(FileSelection, SentenceTransformerWithEveryFormat) {
  EXPECT_EQ(
      selected("org/m", {".gitattributes",
                         "1_Pooling/config.json",
                         "README.md",
                         "config.json",
                         "config_sentence_transformers.json",
                         "data_config.json",
                         "model.safetensors",
                         "modules.json",
                         "onnx/model.onnx",
                         "onnx/model_qint8_arm64.onnx",
                         "openvino/openvino_model.bin",
                         "pytorch_model.bin",
                         "rust_model.ot",
                         "sentence_bert_config.json",
                         "special_tokens_map.json",
                         "tf_model.h5",
                         "tokenizer.json",
                         "tokenizer_config.json",
                         "train_script.py",
                         "vocab.txt"}),
      (Names{"1_Pooling/config.json", "config.json", "config_sentence_transformers.json",
             "model.safetensors", "modules.json", "sentence_bert_config.json",
             "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"}));
}

TEST(FileSelection, ShardsComeWithTheirIndexAndNotBesideASingleFile) {
  const Names shards = {"config.json", "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors", "model.safetensors.index.json"};
  Names repo = shards;
  repo.insert(repo.end(), {"model.fp16.safetensors", "consolidated.safetensors",
                           "pytorch_model-00001-of-00002.bin", "original/model.safetensors"});
  EXPECT_EQ(selected("org/m", repo), shards);
  repo.push_back("model.safetensors");
  EXPECT_EQ(selected("org/m", repo), (Names{"config.json", "model.safetensors"}));
}

TEST(FileSelection, SentencePieceAndModules) {
  EXPECT_EQ(selected("org/m", {"spiece.model", "sub/spiece.model", "2_Dense/model.safetensors",
                               "2_Dense/pytorch_model.bin", "model.safetensors",
                               "flax_model.msgpack", "x_Dense/config.json"}),
            (Names{"2_Dense/model.safetensors", "model.safetensors", "spiece.model"}));
}

TEST(FileSelection, Adapter) {
  EXPECT_EQ(
      selected("org/m", {"adapter_config.json", "adapter_model.bin", "adapter_model.safetensors",
                         "activation_ranges.safetensors", "training_args.bin"}),
      (Names{"activation_ranges.safetensors", "adapter_config.json", "adapter_model.safetensors"}));
}

TEST(FileSelection, OneGgufFileByName) {
  const Names repo = {"a.gguf", "b.gguf", "config.json", "model.safetensors", "tokenizer.json"};
  EXPECT_EQ(selected("org/m:b.gguf", repo), (Names{"b.gguf", "config.json", "tokenizer.json"}));
  EXPECT_NE(refusal("org/m:c.gguf", repo, ErrorCode::not_found).find("c.gguf"), std::string::npos);
  refusal("org/m:config.json", repo, ErrorCode::not_found);
}

TEST(FileSelection, SaysWhatToDoWithoutSafetensors) {
  EXPECT_NE(refusal("org/m", {"m-q4.gguf", "pytorch_model.bin"}, ErrorCode::unsupported)
                .find("org/m:m-q4.gguf"),
            std::string::npos);
  EXPECT_NE(
      refusal("org/m", {"config.json", "pytorch_model.bin"}, ErrorCode::unsupported).find("pickle"),
      std::string::npos);
  refusal("org/m", {"config.json", "onnx/model.onnx"}, ErrorCode::not_found);
  refusal("org/m", {}, ErrorCode::not_found);
}

}  // namespace
}  // namespace jnlp
