#include "backends/native/native_seq2seq.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/golden_model.h"
#include "support/golden_seq2seq.h"

namespace jnlp {
namespace {

TEST(NativeSeq2Seq, WritesFromAModelDirectory) {
  const test::GoldenSeq2Seq golden = test::load_golden_seq2seq("bart_cnn");
  const ModelDir model = ModelDir::open(golden.directory);
  EXPECT_TRUE(is_native_seq2seq(model));
  const auto backend = load_native_seq2seq(model, std::make_shared<ThreadPool>(2));
  EXPECT_EQ(backend->max_source_length(), 40);
  EXPECT_EQ(backend->vocab_size(), 61);
  EXPECT_EQ(backend->default_options().num_beams, 4);
  EXPECT_TRUE(backend->description().starts_with("native fp32 ")) << backend->description();
  EXPECT_TRUE(backend->description().ends_with(", 2 threads")) << backend->description();
  Batch sources;
  for (const std::vector<int32_t>& source : golden.sources) sources.add(source);
  const auto results = backend->generate(sources, backend->default_options());
  ASSERT_EQ(results.size(), golden.sources.size());
  ASSERT_EQ(golden.runs[0].options, Json::object());
  for (size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i][0].token_ids, golden.runs[0].results[i][0].token_ids) << i;
  }
  sources.add(std::vector<int32_t>(41, 5));
  try {
    backend->generate(sources, backend->default_options());
    ADD_FAILURE() << "a source that is too long was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_input);
    EXPECT_NE(std::string(e.what()).find("source 4 has 41 tokens"), std::string::npos) << e.what();
  }
}

TEST(NativeSeq2Seq, AnEncoderIsNone) {
  const ModelDir model =
      ModelDir::open(test::load_golden_model("bert_tokenclassification").directory);
  EXPECT_FALSE(is_native_seq2seq(model));
  try {
    load_native_seq2seq(model, std::make_shared<ThreadPool>(1));
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(e.what()).find("model_type 'bert'"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace jnlp
