#include "models/encoder_config.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "models/architecture.h"
#include "models/weight_map.h"

namespace jnlp {
namespace {

Json bert() {
  return Json::parse(R"({"model_type": "bert", "vocab_size": 30522, "hidden_size": 384,
    "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
    "max_position_embeddings": 512, "type_vocab_size": 2, "hidden_act": "gelu"})");
}

TEST(EncoderConfig, ReadsBert) {
  const EncoderConfig config = read_encoder_config(bert());
  EXPECT_EQ(config.head_size(), 32);
  EXPECT_EQ(config.max_sequence_length(), 512);
  EXPECT_EQ(config.embedding_size, 384);
  EXPECT_EQ(config.layer_order(), (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(EncoderConfig, RobertaCountsPositionsBehindPadding) {
  Json json = bert();
  json.update({{"model_type", "roberta"}, {"max_position_embeddings", 514}, {"pad_token_id", 1}});
  const EncoderConfig config = read_encoder_config(json);
  EXPECT_EQ(config.position_offset, 2);
  EXPECT_EQ(config.max_sequence_length(), 512);
}

TEST(EncoderConfig, AlbertSharesLayers) {
  Json json = bert();
  json.update({{"model_type", "albert"},
               {"num_hidden_layers", 4},
               {"num_hidden_groups", 2},
               {"inner_group_num", 2},
               {"embedding_size", 128}});
  const EncoderConfig config = read_encoder_config(json);
  EXPECT_EQ(config.distinct_layers(), 4);
  EXPECT_EQ(config.layer_order(), (std::vector<int64_t>{0, 1, 0, 1, 2, 3, 2, 3}));
}

TEST(EncoderConfig, NamesTheFieldThatIsWrong) {
  struct Case {
    const char* change;
    const char* field;
    ErrorCode code;
  };
  for (const Case& wrong : {
           Case{R"({"model_type": "gpt2"})", "model_type", ErrorCode::unsupported},
           Case{R"({"model_type": null})", "model_type", ErrorCode::invalid_input},
           Case{R"({"hidden_size": null})", "hidden_size", ErrorCode::invalid_input},
           Case{R"({"hidden_size": -1})", "hidden_size", ErrorCode::invalid_input},
           Case{R"({"hidden_size": 1e99})", "hidden_size", ErrorCode::invalid_input},
           Case{R"({"hidden_size": 385})", "hidden_size", ErrorCode::invalid_input},
           Case{R"({"num_hidden_layers": 0})", "num_hidden_layers", ErrorCode::invalid_input},
           Case{R"({"vocab_size": "many"})", "vocab_size", ErrorCode::invalid_input},
           Case{R"({"hidden_act": "quick_gelu"})", "hidden_act", ErrorCode::unsupported},
           Case{R"({"layer_norm_eps": -1})", "layer_norm_eps", ErrorCode::invalid_input},
           Case{R"({"position_embedding_type": "relative_key"})", "position_embedding_type",
                ErrorCode::unsupported},
           Case{R"({"is_decoder": true})", "is_decoder", ErrorCode::unsupported},
       }) {
    Json json = bert();
    json.update(Json::parse(wrong.change));
    try {
      read_encoder_config(json);
      ADD_FAILURE() << wrong.change;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), wrong.code) << e.what();
      EXPECT_NE(std::string(e.what()).find(wrong.field), std::string::npos) << e.what();
    }
  }
}

TEST(HeadOfConfig, FollowsTheEndOfTheName) {
  EXPECT_EQ(head_of_config("BertForTokenClassification"), Head::token_classification);
  EXPECT_EQ(head_of_config("XLMRobertaForQuestionAnswering"), Head::question_answering);
  EXPECT_EQ(head_of_config("MPNetModel"), Head::embedding);
  EXPECT_EQ(head_of_config(""), Head::embedding);
  EXPECT_THROW(head_of_config("BertForMultipleChoice"), Error);
}

TEST(WeightMap, GivesTheNamesOfCheckpoints) {
  const std::vector<WeightSpec> specs = encoder_weights(read_encoder_config(bert()));
  EXPECT_EQ(specs.size(), 3U + 2U + 6U * 16U);
  const WeightSpec& norm = specs[3];
  EXPECT_EQ(norm.name, "embeddings.norm.weight");
  EXPECT_EQ(
      norm.checkpoint_names,
      (std::vector<std::string>{"bert.embeddings.LayerNorm.weight", "embeddings.LayerNorm.weight",
                                "bert.embeddings.LayerNorm.gamma", "embeddings.LayerNorm.gamma"}));
  const WeightSpec& last = specs.back();
  EXPECT_EQ(last.name, "layers.5.ffn.norm.bias");
  EXPECT_EQ(last.checkpoint_names.front(), "bert.encoder.layer.5.output.LayerNorm.bias");
  EXPECT_EQ(last.shape, (std::vector<int64_t>{384}));
}

}  // namespace
}  // namespace jnlp
