#include "formats/model_dir.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class ModelDirTest : public ::testing::Test {
 protected:
  fs::path make(const std::string& relative, const std::string& content) {
    const fs::path path = directory_.path() / relative;
    fs::create_directories(path.parent_path());
    write_file(path, content);
    return path;
  }
  fs::path at(const std::string& relative) const { return directory_.path() / relative; }

  static std::string message_of(const fs::path& path, ErrorCode code) {
    try {
      ModelDir::open(path);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), code) << e.what();
      return e.what();
    }
    ADD_FAILURE() << path << " was opened";
    return "";
  }

  test::TemporaryDir directory_;
};

TEST_F(ModelDirTest, APreparedModelNeedsNoWeights) {
  make("m/config.json", R"({"model_type": "bert"})");
  make("m/prepared.safetensors", "");
  const ModelDir model = ModelDir::open(at("m"));
  EXPECT_TRUE(model.weight_files.empty());
  EXPECT_EQ(model.prepared_file, at("m/prepared.safetensors"));
  // An adapter's is its own; that of its base is for the base alone.
  make("a/config.json", "{}");
  make("a/adapter_config.json", R"({"base_model_name_or_path": "../m"})");
  make("a/adapter_model.safetensors", "");
  EXPECT_EQ(ModelDir::open(at("a")).prepared_file, std::nullopt);
  make("a/prepared.safetensors", "");
  EXPECT_EQ(ModelDir::open(at("a")).prepared_file, at("a/prepared.safetensors"));
}

TEST_F(ModelDirTest, OpensAFullModel) {
  make("m/config.json", R"({"model_type": "bert"})");
  make("m/model.safetensors", "");
  make("m/tokenizer_config.json", R"({"do_lower_case": true})");
  const ModelDir model = ModelDir::open(at("m"));
  EXPECT_EQ(model.config["model_type"], "bert");
  EXPECT_EQ(model.weight_files, std::vector{at("m/model.safetensors")});
  EXPECT_EQ(model.tokenizer_path, at("m"));
  EXPECT_EQ(model.tokenizer_config["do_lower_case"], true);
  EXPECT_FALSE(model.is_adapter());
}

TEST_F(ModelDirTest, ListsShardsOnceAndInOrder) {
  make("m/config.json", "{}");
  make(
      "m/model.safetensors.index.json",
      R"({"weight_map": {"a": "m-2.safetensors", "b": "m-1.safetensors", "c": "m-2.safetensors"}})");
  make("m/m-1.safetensors", "");
  make("m/m-2.safetensors", "");
  EXPECT_EQ(ModelDir::open(at("m")).weight_files,
            (std::vector{at("m/m-1.safetensors"), at("m/m-2.safetensors")}));
}

TEST_F(ModelDirTest, AShardMayNotLeaveTheDirectory) {
  make("m/config.json", "{}");
  make("secret.safetensors", "");
  for (const char* name : {"../secret.safetensors", "missing.safetensors", ""}) {
    make("m/model.safetensors.index.json", dump_json(Json{{"weight_map", {{"a", name}}}}));
    message_of(at("m"), ErrorCode::not_found);
  }
  for (const char* index : {"[]", "{}", R"({"weight_map": {"a": 1}})", "{"}) {
    make("m/model.safetensors.index.json", index);
    message_of(at("m"), ErrorCode::invalid_input);
  }
}

TEST_F(ModelDirTest, RefusesAPickleInOneSentenceThatSaysWhatToDo) {
  make("m/config.json", "{}");
  make("m/pytorch_model.bin", "");
  const std::string message = message_of(at("m"), ErrorCode::unsupported);
  EXPECT_NE(message.find("pytorch_model.bin"), std::string::npos);
  EXPECT_NE(message.find("safe_serialization"), std::string::npos);
  make("a/adapter_config.json", R"({"base_model_name_or_path": "../m"})");
  make("a/adapter_model.bin", "");
  EXPECT_NE(message_of(at("a"), ErrorCode::unsupported).find("adapter_model.bin"),
            std::string::npos);
}

TEST_F(ModelDirTest, SaysWhatIsMissing) {
  message_of(at("nowhere"), ErrorCode::not_found);
  message_of(make("file", ""), ErrorCode::invalid_input);
  fs::create_directories(at("empty"));
  EXPECT_NE(message_of(at("empty"), ErrorCode::not_found).find("config.json"), std::string::npos);
  make("w/config.json", "{}");
  EXPECT_NE(message_of(at("w"), ErrorCode::not_found).find("model.safetensors"), std::string::npos);
  make("bad/config.json", "[]");
  message_of(at("bad"), ErrorCode::invalid_input);
}

class AdapterTest : public ModelDirTest {
 protected:
  AdapterTest() {
    make("base/config.json", R"({"model_type": "bert", "architectures": ["BertModel"]})");
    make("base/model.safetensors", "");
    make("base/vocab.txt", "[PAD]\n");
    make("adapter/adapter_config.json", R"({"base_model_name_or_path": "../base", "r": 8})");
    make("adapter/adapter_model.safetensors", "");
  }
};

TEST_F(AdapterTest, FindsItsBaseBesideIt) {
  const ModelDir model = ModelDir::open(at("adapter"));
  EXPECT_TRUE(model.is_adapter());
  EXPECT_EQ(model.path, at("adapter"));
  EXPECT_EQ(model.base_path, at("base"));
  EXPECT_EQ(model.weight_files, std::vector{at("base/model.safetensors")});
  EXPECT_EQ(model.adapter_file, at("adapter/adapter_model.safetensors"));
  EXPECT_EQ(model.adapter_config["r"], 8);
  EXPECT_EQ(model.tokenizer_path, at("base"));
  EXPECT_EQ(model.config["architectures"][0], "BertModel");
}

TEST_F(AdapterTest, ItsOwnConfigAndTokenizerWin) {
  make("adapter/config.json", R"({"architectures": ["BertForTokenClassification"]})");
  make("adapter/tokenizer.json", "{}");
  const ModelDir model = ModelDir::open(at("adapter"));
  EXPECT_EQ(model.config["architectures"][0], "BertForTokenClassification");
  EXPECT_EQ(model.config["model_type"], "bert");
  EXPECT_EQ(model.tokenizer_path, at("adapter"));
}

TEST_F(AdapterTest, AsksTheResolverForAName) {
  make("adapter/adapter_config.json", R"({"base_model_name_or_path": "org/base"})");
  std::string asked;
  const ModelDir model = ModelDir::open(at("adapter"), [&](std::string_view name) {
    asked = name;
    return at("base");
  });
  EXPECT_EQ(asked, "org/base");
  EXPECT_EQ(model.base_path, at("base"));
  message_of(at("adapter"), ErrorCode::not_found);
}

TEST_F(AdapterTest, RefusesWhatIsNotAnAdapter) {
  make("adapter/adapter_config.json", "{}");
  message_of(at("adapter"), ErrorCode::invalid_input);
  make("second/adapter_config.json", R"({"base_model_name_or_path": "../adapter"})");
  make("second/adapter_model.safetensors", "");
  message_of(at("second"), ErrorCode::unsupported);
}

TEST(LabelNames, FollowConfig) {
  EXPECT_EQ(label_names(Json::parse(R"({"id2label": {"1": "POS", "0": "NEG"}})")),
            (std::vector<std::string>{"NEG", "POS"}));
  EXPECT_EQ(label_names(Json::object()), (std::vector<std::string>{"LABEL_0", "LABEL_1"}));
  EXPECT_EQ(label_names(Json{{"num_labels", 3}}).size(), 3U);
  for (const char* bad : {R"({"id2label": {"0": "a", "2": "b"}})", R"({"id2label": {"x": "a"}})",
                          R"({"id2label": {"0": 1}})", R"({"num_labels": -1})"}) {
    EXPECT_THROW(label_names(Json::parse(bad)), Error) << bad;
  }
}

}  // namespace
}  // namespace jnlp
