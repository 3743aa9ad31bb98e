#include "backends/llama/quantize.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/llama/llama_backend.h"
#include "backends/llama/speed.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "chat_model.h"
#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class Quantize : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
  }

  // The model's weights are quantized already.
  static QuantizeOptions again() {
    QuantizeOptions options;
    options.threads = 1;
    options.allow_requantize = true;
    return options;
  }

  std::string fault(const fs::path& input, const std::string& type, ErrorCode code,
                    const QuantizeOptions& options) {
    try {
      quantize_gguf(input, output_, type, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  test::TemporaryDir folder_;
  fs::path output_ = folder_.path() / "out.gguf";
};

// Of some hundred tokens of our smoke set: of fewer, a model that lost much may be no worse.
double perplexity(const fs::path& gguf) {
  static const std::string text = [] {
    std::string paragraphs;
    const Json set = read_json_file(test::source_dir() / "data/smoke/qa.json");
    for (const Json& article : set.at("data")) {
      for (const Json& paragraph : article.at("paragraphs")) {
        if (paragraphs.size() > 4000) break;
        paragraphs += paragraph.at("context").get<std::string>() + "\n\n";
      }
    }
    return paragraphs;
  }();
  return load_llama_scorer(gguf, {.context_size = 128, .threads = 1})
      ->perplexity(text, {.window = 128})
      .value;
}

TEST_F(Quantize, LargerWeightsKeepWhatTheModelKnows) {
  std::vector<int64_t> tensors;
  int64_t last = 0;
  QuantizeOptions options = again();
  options.on_tensor = [&](int64_t tensor, int64_t all) {
    tensors.push_back(tensor);
    last = all;
  };
  quantize_gguf(*test::chat_model(), output_, "Q8_0", options);
  EXPECT_EQ(gguf_type_of(*test::chat_model()), "Q4_1");
  EXPECT_EQ(gguf_type_of(output_), "Q8_0");
  EXPECT_GT(fs::file_size(output_), fs::file_size(*test::chat_model()));
  EXPECT_NEAR(perplexity(output_) / perplexity(*test::chat_model()), 1, 0.05);
  ASSERT_GT(last, 100);
  EXPECT_EQ(std::ssize(tensors), last);
  EXPECT_TRUE(std::is_sorted(tensors.begin(), tensors.end()));
}

TEST_F(Quantize, TwoBitsLoseMuch) {
  quantize_gguf(*test::chat_model(), output_, "Q2_K", again());
  EXPECT_LT(fs::file_size(output_), fs::file_size(*test::chat_model()));
  EXPECT_GT(perplexity(output_) / perplexity(*test::chat_model()), 1.1);
  const auto speeds = measure_llama_speed(std::vector{*test::chat_model(), output_},
                                          {.context_size = 0, .threads = 1, .gpu_layers = 0}, 1);
  ASSERT_EQ(speeds.size(), 2U);
  for (const LlamaSpeed& speed : speeds) {
    EXPECT_GT(speed.prefill_tokens_per_second, speed.decode_tokens_per_second);
    EXPECT_GT(speed.decode_tokens_per_second, 0);
  }
}

TEST_F(Quantize, WhatIsQuantizedAlreadyNeedsPermission) {
  QuantizeOptions options = again();
  options.allow_requantize = false;
  EXPECT_NE(fault(*test::chat_model(), "Q8_0", ErrorCode::invalid_input, options)
                .find("--allow-requantize"),
            std::string::npos);
}

TEST_F(Quantize, TypesThatNeedAnImportanceMatrixAreRefused) {
  EXPECT_NE(fault(*test::chat_model(), "IQ1_S", ErrorCode::unsupported, again())
                .find("importance matrix"),
            std::string::npos);
}

TEST_F(Quantize, AnUnknownTypeNamesThoseThereAre) {
  EXPECT_NE(fault(*test::chat_model(), "Q9", ErrorCode::invalid_input, again()).find("Q4_K_M"),
            std::string::npos);
}

std::string type_fault(const fs::path& gguf) {
  try {
    gguf_type_of(gguf);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input);
    return error.what();
  }
  return "";
}

TEST_F(Quantize, DamagedFilesAreErrors) {
  const fs::path copy = folder_.path() / "cut.gguf";
  fs::copy_file(*test::chat_model(), copy);
  fs::resize_file(copy, 50'000'000);
  fault(copy, "Q8_0", ErrorCode::invalid_input, again());
  fault(folder_.path() / "none.gguf", "Q8_0", ErrorCode::not_found, again());
  write_file(folder_.path() / "text.gguf", "no model");
  EXPECT_NE(type_fault(folder_.path() / "text.gguf").find("is not a GGUF file"), std::string::npos);
  fs::resize_file(copy, 3000);
  EXPECT_NE(type_fault(copy).find("is damaged"), std::string::npos);
}

// A limit on the size of files is a disk that becomes full: llama.cpp itself does not notice.
TEST_F(Quantize, AFullDiskIsNoticed) {
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit = {};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit lower = {20'000'000, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &lower);
  const std::string message = fault(*test::chat_model(), "Q8_0", ErrorCode::io, again());
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  EXPECT_NE(message.find("full"), std::string::npos) << message;
}

}  // namespace
}  // namespace jnlp
