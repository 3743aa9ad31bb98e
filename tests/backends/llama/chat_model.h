#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "backends/llama/llama_backend.h"

namespace jnlp::test {

/// The chat model that tools/setup.sh llm fetches; nothing where it is not set up.
std::optional<std::filesystem::path> chat_model();

/// Counting leaves the model no doubt, so that rounding, which differs with the number of tokens
/// read at once and so with what is reused, cannot change the text.
inline constexpr const char* kCounting = "one, two, three, four, one, two, three, four, one, two,";

/// Tests with the real chat model; they are skipped, saying so, where it is not set up.
class WithChatModel : public testing::Test {
 protected:
  void SetUp() override {
    if (!chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
    model_ = load_llama(*chat_model(), {.context_size = 1024, .threads = 1});
  }

  Generation generate(const std::string& prompt, int64_t max_tokens) {
    GenerateOptions options;
    options.max_tokens = max_tokens;
    return model_->generate(prompt, options, {});
  }

  std::unique_ptr<TextGenerator> model_;
};

}  // namespace jnlp::test
