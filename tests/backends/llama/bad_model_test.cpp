#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "backends/llama/llama_backend.h"
#include "base/error.h"
#include "base/file.h"
#include "chat_model.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// What loading says, which must be an Error with this code.
std::string fault(const fs::path& file, ErrorCode code, const LlamaOptions& options = {}) {
  try {
    load_llama(file, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << file << " was loaded";
  return "";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class BadModel : public testing::Test {
 protected:
  fs::path file(const std::string& bytes) {
    write_file(folder_.path() / "model.gguf", bytes);
    return folder_.path() / "model.gguf";
  }

  test::TemporaryDir folder_;
};

TEST_F(BadModel, Missing) {
  EXPECT_TRUE(has(fault(folder_.path() / "none.gguf", ErrorCode::not_found), "none.gguf"));
}

TEST_F(BadModel, Folder) {
  fault(folder_.path(), ErrorCode::invalid_input);
}

TEST_F(BadModel, NotAGguf) {
  EXPECT_TRUE(has(fault(file("PK\x03\x04 something else"), ErrorCode::invalid_input),
                  "is not a GGUF file"));
  EXPECT_TRUE(has(fault(file(""), ErrorCode::invalid_input), "is not a GGUF file"));
  EXPECT_TRUE(has(fault(file("GGU"), ErrorCode::invalid_input), "is not a GGUF file"));
}

TEST_F(BadModel, HeaderThatEnds) {
  const std::string message = fault(file("GGUF"), ErrorCode::invalid_input);
  EXPECT_TRUE(has(message, "cannot load")) << message;
  EXPECT_TRUE(has(message, "model.gguf")) << message;
}

TEST_F(BadModel, NumbersThatCannotBe) {
  // Version 3 with 2^63 tensors and as many keys.
  fault(file("GGUF" + std::string("\x03\0\0\0", 4) + std::string("\0\0\0\0\0\0\0\x80", 8) +
             std::string("\0\0\0\0\0\0\0\x80", 8)),
        ErrorCode::invalid_input);
}

TEST_F(BadModel, NoTensorsAtAll) {
  fault(file("GGUF" + std::string("\x03\0\0\0", 4) + std::string(16, '\0')),
        ErrorCode::invalid_input);
}

// The real model with a fault.
class DamagedModel : public BadModel {
 protected:
  void SetUp() override {
    if (!test::chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
  }
};

TEST_F(DamagedModel, CutAnywhere) {
  const fs::path copy = folder_.path() / "cut.gguf";
  for (const uintmax_t size : {uintmax_t{100}, uintmax_t{100'000}, uintmax_t{50'000'000}}) {
    fs::copy_file(*test::chat_model(), copy, fs::copy_options::overwrite_existing);
    fs::resize_file(copy, size);
    EXPECT_TRUE(has(fault(copy, ErrorCode::invalid_input), "damaged")) << size;
  }
}

TEST_F(DamagedModel, WithoutChatTemplate) {
  std::string bytes = read_file(*test::chat_model());
  const std::string key = "tokenizer.chat_template";
  const size_t place = bytes.find(key);
  ASSERT_NE(place, std::string::npos);
  bytes.replace(place, key.size(), "tokenizer.chat_templatX");
  const auto model = load_llama(file(bytes));
  const std::vector<ChatMessage> messages = {{"user", "Hello"}};
  try {
    model->chat(messages, {});
    ADD_FAILURE() << "it chatted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_TRUE(has(error.what(), "has no chat template")) << error.what();
  }
  GenerateOptions options;
  options.max_tokens = 3;
  EXPECT_FALSE(model->generate("One two three", options, {}).text.empty());
}

TEST_F(DamagedModel, UnknownChatTemplate) {
  std::string bytes = read_file(*test::chat_model());
  for (const std::string mark : {"<|im_start|>", "<|im_end|>"}) {
    // In the template only, which stands between its key and the end of the metadata.
    const size_t begin = bytes.find("tokenizer.chat_template");
    for (size_t place = begin; (place = bytes.find(mark, place)) < begin + 2000;) {
      bytes.replace(place, mark.size(), std::string(mark.size(), '#'));
    }
  }
  const auto model = load_llama(file(bytes));
  const std::vector<ChatMessage> messages = {{"user", "Hello"}};
  EXPECT_THROW(model->apply_chat_template(messages), Error);
}

TEST_F(DamagedModel, ContextLongerThanTrained) {
  LlamaOptions options;
  options.context_size = 1'000'000;
  const std::string message = fault(*test::chat_model(), ErrorCode::invalid_input, options);
  EXPECT_TRUE(has(message, "1000000")) << message;
  EXPECT_TRUE(has(message, "8192")) << message;
}

TEST_F(DamagedModel, LayersOnAGpuThatIsNotThere) {
  LlamaOptions options;
  options.gpu_layers = 4;
  EXPECT_TRUE(has(fault(*test::chat_model(), ErrorCode::unsupported, options), "GPU"));
}

}  // namespace
}  // namespace jnlp
