#include "server/openai_embeddings.h"

#include <gtest/gtest.h>

#include "server/openai_error.h"

namespace jnlp {
namespace {

std::string embedding_param(const std::string& body) {
  try {
    read_embedding_request(body);
  } catch (const OpenAiError& error) {
    EXPECT_EQ(error.status(), 400);
    return error.param();
  }
  return "accepted";
}

TEST(OpenAiEmbeddings, ReadsTexts) {
  EXPECT_EQ(read_embedding_request(R"({"input": "a"})").texts, std::vector<std::string>{"a"});
  const EmbeddingRequest asked = read_embedding_request(
      R"({"input": ["a", "ü"], "model": "m", "encoding_format": "base64", "dimensions": 8})");
  EXPECT_EQ(asked.texts, (std::vector<std::string>{"a", "ü"}));
  EXPECT_EQ(asked.model, "m");
  EXPECT_TRUE(asked.is_base64);
  EXPECT_EQ(asked.dimensions, 8);
  EXPECT_FALSE(read_embedding_request(R"({"input": "a"})").is_base64);
}

TEST(OpenAiEmbeddings, NamesTheFieldAtFault) {
  EXPECT_EQ(embedding_param("{}"), "input");
  EXPECT_EQ(embedding_param(R"({"input": ""})"), "input");
  EXPECT_EQ(embedding_param(R"({"input": []})"), "input");
  EXPECT_EQ(embedding_param(R"({"input": {}})"), "input");
  EXPECT_EQ(embedding_param(R"({"input": ["a", ""]})"), "input[1]");
  EXPECT_EQ(embedding_param(R"({"input": [1, 2]})"), "input[0]");
  EXPECT_EQ(embedding_param(R"({"input": [[1, 2]]})"), "input[0]");
  EXPECT_EQ(embedding_param(R"({"input": "a", "encoding_format": "hex"})"), "encoding_format");
  EXPECT_EQ(embedding_param(R"({"input": "a", "dimensions": 0})"), "dimensions");
  std::string many = R"({"input": ["a")";
  for (int i = 0; i < 2048; ++i) many += R"(, "a")";
  EXPECT_EQ(embedding_param(many + "]}"), "input");
}

// From Python: base64.b64encode(struct.pack("<...f", ...)).
TEST(OpenAiEmbeddings, Base64) {
  EXPECT_EQ(base64_of({}), "");
  EXPECT_EQ(base64_of(std::vector<float>{1}), "AACAPw==");
  EXPECT_EQ(base64_of(std::vector<float>{0.5F, -2}), "AAAAPwAAAMA=");
  EXPECT_EQ(base64_of(std::vector<float>{1, -0.1F, 3e38F}), "AACAP83MzL3msWF/");
}

}  // namespace
}  // namespace jnlp
