#include "models/seq2seq_config.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "models/seq2seq_weights.h"

namespace jnlp {
namespace {

Json t5() {
  return {{"model_type", "t5"}, {"vocab_size", 100}, {"d_model", 64}, {"d_kv", 8},
          {"d_ff", 32},         {"num_layers", 2},   {"num_heads", 4}};
}

TEST(Seq2SeqConfig, ReadsT5OfBothVersions) {
  const Seq2SeqConfig first = read_seq2seq_config(t5());
  EXPECT_EQ(first.decoder.layers, 2);
  EXPECT_EQ(first.encoder.attention_size(), 32);
  EXPECT_EQ(first.activation, Activation::relu);
  EXPECT_FALSE(first.gated);
  EXPECT_EQ(first.output_scale, 0.125F);
  EXPECT_EQ(first.max_positions, 0);

  Json json = t5();
  json.update({{"feed_forward_proj", "gated-gelu"},
               {"tie_word_embeddings", false},
               {"num_decoder_layers", 3}});
  const Seq2SeqConfig second = read_seq2seq_config(json);
  EXPECT_EQ(second.decoder.layers, 3);
  EXPECT_EQ(second.activation, Activation::gelu_tanh);
  EXPECT_TRUE(second.gated);
  EXPECT_EQ(second.output_scale, 1.0F);
  // As transformers 5 saves such a model.
  json["tie_word_embeddings"] = true;
  json["scale_decoder_outputs"] = false;
  EXPECT_EQ(read_seq2seq_config(json).output_scale, 1.0F);
}

void expect_error(const Json& change, ErrorCode code, const std::string& part) {
  Json json = t5();
  json.update(change);
  try {
    read_seq2seq_config(json);
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(Seq2SeqConfig, NamesTheFieldAtFault) {
  expect_error({{"model_type", "prophetnet"}}, ErrorCode::unsupported, "model_type 'prophetnet'");
  expect_error({{"d_kv", 0}}, ErrorCode::invalid_input, "d_kv");
  expect_error({{"num_heads", "4"}}, ErrorCode::invalid_input, "num_heads");
  expect_error({{"d_model", nullptr}}, ErrorCode::invalid_input, "d_model must be");
  expect_error({{"feed_forward_proj", "gated-mish"}}, ErrorCode::unsupported, "'mish'");
  expect_error({{"relative_attention_max_distance", 16}}, ErrorCode::invalid_input,
               "relative_attention_max_distance");
  expect_error({{"tie_word_embeddings", "yes"}}, ErrorCode::invalid_input, "tie_word_embeddings");
}

TEST(Seq2SeqWeights, AnLmHeadThatIsNotTiedHasOneName) {
  Json json = t5();
  const auto names = [&] {
    for (const WeightSpec& spec : seq2seq_weights(read_seq2seq_config(json))) {
      if (spec.name == "lm_head.weight") return spec.checkpoint_names;
    }
    return std::vector<std::string>();
  };
  EXPECT_EQ(names().size(), 4U);
  json["tie_word_embeddings"] = false;
  EXPECT_EQ(names(), std::vector<std::string>{"lm_head.weight"});
}

}  // namespace
}  // namespace jnlp
